package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.ShortHeaderWriter;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.tls.EncryptionLevel;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Packets made by hand, under a live connection's own keys. */
public final class SealedPackets {
  private SealedPackets() {}

  /** Frames one after another, and nothing else. */
  public static byte[] payload(Frame... frames) {
    return payload(List.of(frames));
  }

  /** Frames one after another, and nothing else. */
  public static byte[] payload(List<? extends Frame> frames) {
    int length = 0;
    for (Frame frame : frames) {
      length += frame.encodedLength();
    }
    WireWriter out = new WireWriter(new byte[length], 0, length);
    for (Frame frame : frames) {
      frame.write(out);
    }
    return out.buffer();
  }

  /**
   * What gives a client a reset token: its first connection ID has none (RFC 9000 §18.2), but this
   * ID, which takes the place of all before it, has (§19.15).
   */
  public static NewConnectionIdFrame idWithResetToken(byte[] token) {
    ConnectionId id = ConnectionId.of(new byte[] {9, 8, 7, 6, 5, 4, 3, 2});
    return new NewConnectionIdFrame(1000, 1000, id, Bytes.of(token));
  }

  /** The number behind all that this side has received: with it none seems to be missing. */
  public static long nextNumber(Connection receiver) {
    return receiver.spaces.application().acks().largestReceived() + 1;
  }

  /** A datagram with one 1-RTT packet, as if the connection had sent it. */
  public static byte[] oneRtt(Connection sender, byte[] payload, long number) {
    return oneRtt(sender, payload, number, 0);
  }

  /** The same with some bits of the first byte inverted, before protection. */
  public static byte[] oneRtt(Connection sender, byte[] payload, long number, int firstByteBits) {
    ConnectionId destination = sender.paths.active().destination().id();
    byte[] datagram = new byte[1 + destination.length() + 4 + payload.length + 16];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int numberOffset = ShortHeaderWriter.write(out, destination, false, false, number, 4);
    datagram[0] ^= (byte) firstByteBits;
    int start = out.position();
    out.bytes(payload);
    PacketKeys keys = sender.spaces.oneRtt().forSending(number);
    keys.seal(datagram, 0, start, payload.length, number);
    keys.protectHeader(datagram, 0, numberOffset, 4);
    return datagram;
  }

  /** A datagram with one Handshake packet, as if the connection had sent it in that version. */
  public static byte[] handshake(Connection sender, QuicVersion version, long number) {
    byte[] payload = payload(new PingFrame(), new PaddingFrame(20));
    return handshake(sender, version, number, payload, 0);
  }

  /** The same with this payload, and further bits of the first byte set before protection. */
  public static byte[] handshake(
      Connection sender, QuicVersion version, long number, byte[] payload, int bits) {
    return longHeader(
        sender, EncryptionLevel.HANDSHAKE, PacketType.HANDSHAKE, version, number, payload, bits);
  }

  /** A datagram with one Initial packet of version 1, as if the connection had sent it. */
  public static byte[] initial(Connection sender, long number, byte[] payload) {
    return longHeader(
        sender, EncryptionLevel.INITIAL, PacketType.INITIAL, QuicVersion.V1, number, payload, 0);
  }

  private static byte[] longHeader(
      Connection sender,
      EncryptionLevel level,
      PacketType type,
      QuicVersion version,
      long number,
      byte[] payload,
      int bits) {
    byte[] datagram = new byte[100 + payload.length];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            type,
            version,
            sender.paths.active().destination().id(),
            sender.ids.localFirst(),
            Bytes.EMPTY,
            number,
            2);
    datagram[0] |= (byte) bits;
    int start = out.position();
    out.bytes(payload);
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(datagram, lengthField, end);
    PacketKeys keys = sender.spaces.of(level).sendKeys();
    keys.seal(datagram, 0, start, payload.length, number);
    keys.protectHeader(datagram, 0, start - 2, 2);
    return Arrays.copyOf(datagram, end);
  }

  /** What a server says that has forgotten the connection (RFC 9000 §10.3). */
  public static byte[] statelessReset(Connection forgotten, RandomGenerator random) {
    return statelessReset(forgotten.ids.resetToken(), random);
  }

  /** A stateless reset with this token. */
  public static byte[] statelessReset(byte[] token, RandomGenerator random) {
    byte[] datagram = new byte[43];
    random.nextBytes(datagram);
    datagram[0] = (byte) (0x40 | datagram[0] & 0x3f);
    System.arraycopy(token, 0, datagram, 27, 16);
    return datagram;
  }
}
