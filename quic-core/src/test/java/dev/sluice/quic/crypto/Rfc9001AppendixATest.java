package dev.sluice.quic.crypto;

import static dev.sluice.quic.crypto.Rfc9001AppendixA.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.RetryPacket;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.ShortHeaderWriter;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.CipherSuite;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Every packet of RFC 9001 Appendix A, written and read. */
class Rfc9001AppendixATest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final ConnectionId SERVER_ID = ConnectionId.of(hex("f067a5502a4262b5"));

  @Test
  @Requirement("RFC9001-5.2#2")
  void writesTheClientInitial() {
    byte[] payload =
        Arrays.copyOf(Rfc9001AppendixA.CLIENT_FRAMES, Rfc9001AppendixA.CLIENT_PAYLOAD_LENGTH);
    byte[] packet =
        initial(
            InitialKeys.client(V1, Rfc9001AppendixA.DESTINATION),
            Rfc9001AppendixA.DESTINATION,
            ConnectionId.EMPTY,
            2,
            4,
            payload,
            Rfc9001AppendixA.CLIENT_HEADER);
    assertArrayEquals(Rfc9001AppendixA.CLIENT_PACKET, packet);
  }

  @Test
  void writesTheServerInitial() {
    byte[] packet =
        initial(
            InitialKeys.server(V1, Rfc9001AppendixA.DESTINATION),
            ConnectionId.EMPTY,
            SERVER_ID,
            1,
            2,
            Rfc9001AppendixA.SERVER_PAYLOAD,
            Rfc9001AppendixA.SERVER_HEADER);
    assertArrayEquals(Rfc9001AppendixA.SERVER_PACKET, packet);
  }

  private static byte[] initial(
      PacketKeys keys,
      ConnectionId destination,
      ConnectionId source,
      long packetNumber,
      int packetNumberLength,
      byte[] payload,
      byte[] expectedHeader) {
    WireWriter out = new WireWriter(new byte[1200], 0, 1200);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.INITIAL,
            V1,
            destination,
            source,
            Bytes.EMPTY,
            packetNumber,
            packetNumberLength);
    int headerLength = out.position();
    assertEquals(
        headerLength,
        LongHeaderWriter.length(
            PacketType.INITIAL, destination, source, Bytes.EMPTY, packetNumberLength));
    out.bytes(payload);
    byte[] buffer = out.buffer();
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(buffer, lengthField, end);
    assertArrayEquals(expectedHeader, Arrays.copyOf(buffer, headerLength));
    assertEquals(
        payload.length + PacketKeys.TAG_LENGTH,
        keys.seal(buffer, 0, headerLength, payload.length, packetNumber));
    keys.protectHeader(buffer, 0, lengthField + LongHeaderWriter.LENGTH_WIDTH, packetNumberLength);
    assertEquals(1, keys.sealed());
    return Arrays.copyOf(buffer, end);
  }

  @Test
  void readsTheClientInitial() {
    byte[] datagram = Rfc9001AppendixA.CLIENT_PACKET.clone();
    LongHeader header = (LongHeader) PacketParser.parse(datagram, 0, datagram.length, 0);
    assertEquals(PacketType.INITIAL, header.type());
    assertEquals(Rfc9001AppendixA.DESTINATION, header.destination());
    assertEquals(0, header.source().length());
    assertEquals(0, header.token().length());
    assertEquals(datagram.length, header.end());

    PacketKeys keys = InitialKeys.client(V1, header.destination());
    WireReader payload = open(keys, datagram, header, 2, 4);
    CryptoFrame crypto = (CryptoFrame) FrameReader.read(payload);
    assertEquals(241, crypto.data().length());
    assertEquals(
        new PaddingFrame(1162 - Rfc9001AppendixA.CLIENT_FRAMES.length), FrameReader.read(payload));
    assertFalse(payload.hasRemaining());
  }

  @Test
  void readsTheServerInitial() {
    byte[] datagram = Rfc9001AppendixA.SERVER_PACKET.clone();
    LongHeader header = (LongHeader) PacketParser.parse(datagram, 0, datagram.length, 0);
    assertEquals(SERVER_ID, header.source());
    PacketKeys keys = InitialKeys.server(V1, Rfc9001AppendixA.DESTINATION);
    WireReader payload = open(keys, datagram, header, 1, 2);
    assertArrayEquals(Rfc9001AppendixA.SERVER_PAYLOAD, payload.bytes(payload.remaining()));
  }

  private static WireReader open(
      PacketKeys keys, byte[] datagram, LongHeader header, long number, int numberLength) {
    int offset = header.packetNumberOffset();
    assertEquals(
        numberLength, keys.unprotectHeader(datagram, header.start(), offset, header.end()));
    assertEquals(0, FirstByte.reservedBits(datagram[header.start()]));
    assertEquals(number, PacketNumber.read(datagram, offset, numberLength));
    int headerEnd = offset + numberLength;
    byte[] plaintext = new byte[header.end() - headerEnd];
    int length =
        keys.open(
            datagram,
            header.start(),
            headerEnd - header.start(),
            header.end() - headerEnd,
            number,
            plaintext);
    assertEquals(header.end() - headerEnd - PacketKeys.TAG_LENGTH, length);
    return new WireReader(plaintext, 0, length);
  }

  @Test
  void writesTheRetry() {
    Bytes token = Bytes.of(hex("746f6b656e"));
    int length = RetryPacket.length(ConnectionId.EMPTY, SERVER_ID, token);
    WireWriter out = new WireWriter(new byte[length + 3], 3, length);
    int start = RetryPacket.write(out, V1, ConnectionId.EMPTY, SERVER_ID, token, 0x0f);
    RetryIntegrity.appendTag(V1, Rfc9001AppendixA.DESTINATION, out, start);
    assertArrayEquals(
        Rfc9001AppendixA.RETRY_PACKET, Arrays.copyOfRange(out.buffer(), start, out.position()));
  }

  @Test
  @Requirement("RFC9000-17.2.5.2#3")
  void readsTheRetryAndNoOther() {
    byte[] datagram = Rfc9001AppendixA.RETRY_PACKET.clone();
    RetryHeader header = (RetryHeader) PacketParser.parse(datagram, 0, datagram.length, 0);
    assertEquals(SERVER_ID, header.source());
    assertEquals(Bytes.of(hex("746f6b656e")), header.token());
    assertTrue(RetryIntegrity.verify(Rfc9001AppendixA.DESTINATION, datagram, header));
    assertFalse(RetryIntegrity.verify(SERVER_ID, datagram, header));
    for (int bit = 0; bit < 8 * datagram.length; bit++) {
      byte[] flipped = datagram.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertFalse(
          PacketParser.parse(flipped, 0, flipped.length, 0) instanceof RetryHeader retry
              && RetryIntegrity.verify(Rfc9001AppendixA.DESTINATION, flipped, retry),
          "bit " + bit);
    }
  }

  @Test
  void writesTheChaCha20ShortHeaderPacket() {
    PacketKeys keys = chaCha20();
    WireWriter out = new WireWriter(new byte[21], 0, 21);
    long number = Rfc9001AppendixA.CHACHA20_PACKET_NUMBER;
    int offset = ShortHeaderWriter.write(out, ConnectionId.EMPTY, false, false, number, 3);
    assertEquals(ShortHeaderWriter.length(ConnectionId.EMPTY, 3), out.position());
    assertArrayEquals(
        Rfc9001AppendixA.CHACHA20_HEADER, Arrays.copyOf(out.buffer(), out.position()));
    out.u8(0x01);
    assertEquals(17, keys.seal(out.buffer(), 0, 4, 1, number));
    keys.protectHeader(out.buffer(), 0, offset, 3);
    assertArrayEquals(Rfc9001AppendixA.CHACHA20_PACKET, out.buffer());
  }

  @Test
  void readsTheChaCha20ShortHeaderPacketTwice() {
    PacketKeys keys = chaCha20();
    for (int i = 0; i < 2; i++) { // a duplicate must be no surprise to the JDK's cipher
      byte[] datagram = Rfc9001AppendixA.CHACHA20_PACKET.clone();
      ShortHeader header = (ShortHeader) PacketParser.parse(datagram, 0, datagram.length, 0);
      assertEquals(3, keys.unprotectHeader(datagram, 0, header.packetNumberOffset(), 21));
      long number =
          PacketNumber.decode(
              PacketNumber.read(datagram, 1, 3), 3, Rfc9001AppendixA.CHACHA20_PACKET_NUMBER - 1);
      assertEquals(Rfc9001AppendixA.CHACHA20_PACKET_NUMBER, number);
      assertFalse(FirstByte.keyPhase(datagram[0]));
      byte[] plaintext = new byte[1];
      assertEquals(1, keys.open(datagram, 0, 4, 17, number, plaintext));
      assertEquals(0x01, plaintext[0]);
    }
  }

  /** The updated secret of §A.5 is the "ku" of the first one. */
  @Test
  void theNextKeysComeFromTheUpdatedSecret() {
    byte[] updated = hex("1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9");
    PacketKeys next = chaCha20().next();
    PacketKeys expected = PacketKeys.of(V1, CipherSuite.TLS_CHACHA20_POLY1305_SHA256, updated);
    byte[] one = new byte[40];
    byte[] other = new byte[40];
    next.seal(one, 0, 4, 20, 7);
    expected.seal(other, 0, 4, 20, 7);
    assertArrayEquals(other, one);
  }

  private static PacketKeys chaCha20() {
    return PacketKeys.of(
        V1, CipherSuite.TLS_CHACHA20_POLY1305_SHA256, Rfc9001AppendixA.CHACHA20_SECRET);
  }
}
