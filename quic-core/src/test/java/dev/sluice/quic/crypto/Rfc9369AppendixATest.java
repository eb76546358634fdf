package dev.sluice.quic.crypto;

import static dev.sluice.quic.crypto.Rfc9001AppendixA.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.RetryPacket;
import dev.sluice.quic.packet.ShortHeaderWriter;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.CipherSuite;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Every packet of RFC 9369 Appendix A, written and read. */
class Rfc9369AppendixATest {
  private static final QuicVersion V2 = QuicVersion.V2;
  private static final ConnectionId CLIENT_CHOSEN = Rfc9001AppendixA.DESTINATION;
  private static final ConnectionId SERVER_ID = ConnectionId.of(hex("f067a5502a4262b5"));

  @Test
  @Requirement("RFC9369-2#1")
  void theClientInitial() {
    byte[] payload =
        Arrays.copyOf(Rfc9001AppendixA.CLIENT_FRAMES, Rfc9001AppendixA.CLIENT_PAYLOAD_LENGTH);
    byte[] packet =
        write(
            InitialKeys.client(V2, CLIENT_CHOSEN),
            CLIENT_CHOSEN,
            ConnectionId.EMPTY,
            2,
            4,
            payload,
            Rfc9369AppendixA.CLIENT_HEADER);
    assertArrayEquals(Rfc9369AppendixA.CLIENT_PACKET, packet);
    assertArrayEquals(payload, read(InitialKeys.client(V2, CLIENT_CHOSEN), packet, 2, 4));
  }

  @Test
  void theServerInitial() {
    byte[] packet =
        write(
            InitialKeys.server(V2, CLIENT_CHOSEN),
            ConnectionId.EMPTY,
            SERVER_ID,
            1,
            2,
            Rfc9001AppendixA.SERVER_PAYLOAD,
            Rfc9369AppendixA.SERVER_HEADER);
    assertArrayEquals(Rfc9369AppendixA.SERVER_PACKET, packet);
    assertArrayEquals(
        Rfc9001AppendixA.SERVER_PAYLOAD, read(InitialKeys.server(V2, CLIENT_CHOSEN), packet, 1, 2));
  }

  private static byte[] write(
      PacketKeys keys,
      ConnectionId destination,
      ConnectionId source,
      long number,
      int numberLength,
      byte[] payload,
      byte[] expectedHeader) {
    WireWriter out = new WireWriter(new byte[1200], 0, 1200);
    int lengthField =
        LongHeaderWriter.begin(
            out, PacketType.INITIAL, V2, destination, source, Bytes.EMPTY, number, numberLength);
    int header = out.position();
    out.bytes(payload);
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(out.buffer(), lengthField, end);
    assertArrayEquals(expectedHeader, Arrays.copyOf(out.buffer(), header));
    keys.seal(out.buffer(), 0, header, payload.length, number);
    keys.protectHeader(out.buffer(), 0, lengthField + LongHeaderWriter.LENGTH_WIDTH, numberLength);
    return Arrays.copyOf(out.buffer(), end);
  }

  private static byte[] read(PacketKeys keys, byte[] packet, long number, int numberLength) {
    byte[] datagram = packet.clone();
    LongHeader header = (LongHeader) PacketParser.parse(datagram, 0, datagram.length, 0);
    assertEquals(V2, header.version());
    assertEquals(PacketType.INITIAL, header.type());
    int at = header.packetNumberOffset();
    assertEquals(numberLength, keys.unprotectHeader(datagram, 0, at, header.end()));
    int start = at + numberLength;
    byte[] plaintext = new byte[header.end() - start];
    int length = keys.open(datagram, 0, start, header.end() - start, number, plaintext);
    return Arrays.copyOf(plaintext, length);
  }

  @Test
  void theRetry() {
    Bytes token = Bytes.of(hex("746f6b656e"));
    int length = RetryPacket.length(ConnectionId.EMPTY, SERVER_ID, token);
    WireWriter out = new WireWriter(new byte[length], 0, length);
    RetryPacket.write(out, V2, ConnectionId.EMPTY, SERVER_ID, token, 0x0f);
    RetryIntegrity.appendTag(V2, CLIENT_CHOSEN, out, 0);
    assertArrayEquals(Rfc9369AppendixA.RETRY_PACKET, out.buffer());

    byte[] datagram = out.buffer();
    RetryHeader header = (RetryHeader) PacketParser.parse(datagram, 0, length, 0);
    assertEquals(V2, header.version());
    assertTrue(RetryIntegrity.verify(CLIENT_CHOSEN, datagram, header));
    datagram[length - 1] ^= 1;
    assertFalse(
        RetryIntegrity.verify(
            CLIENT_CHOSEN, datagram, (RetryHeader) PacketParser.parse(datagram, 0, length, 0)));
  }

  @Test
  void theChaCha20ShortHeaderPacket() {
    PacketKeys keys = chaCha20(Rfc9001AppendixA.CHACHA20_SECRET);
    long number = Rfc9001AppendixA.CHACHA20_PACKET_NUMBER;
    WireWriter out = new WireWriter(new byte[21], 0, 21);
    int at = ShortHeaderWriter.write(out, ConnectionId.EMPTY, false, false, number, 3);
    out.u8(0x01);
    keys.seal(out.buffer(), 0, 4, 1, number);
    keys.protectHeader(out.buffer(), 0, at, 3);
    assertArrayEquals(Rfc9369AppendixA.CHACHA20_PACKET, out.buffer());
  }

  @Test
  void theKeyUpdateHasALabelOfItsOwn() {
    PacketKeys next = chaCha20(Rfc9001AppendixA.CHACHA20_SECRET).next();
    PacketKeys expected = chaCha20(Rfc9369AppendixA.CHACHA20_UPDATED_SECRET);
    byte[] one = new byte[40];
    byte[] other = new byte[40];
    next.seal(one, 0, 4, 20, 7);
    expected.seal(other, 0, 4, 20, 7);
    assertArrayEquals(other, one);
  }

  private static PacketKeys chaCha20(byte[] secret) {
    return PacketKeys.of(V2, CipherSuite.TLS_CHACHA20_POLY1305_SHA256, secret);
  }
}
