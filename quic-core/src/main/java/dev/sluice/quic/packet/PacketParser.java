package dev.sluice.quic.packet;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;

/**
 * Reads packet headers before any key is touched. A datagram is read packet by packet: parse at its
 * start, then at each {@code end()} until the datagram's end or null (RFC 9000 §12.2).
 */
public final class PacketParser {

  /** The length of the Retry integrity tag in bytes (RFC 9001 §5.8). */
  public static final int RETRY_TAG_LENGTH = 16;

  private PacketParser() {}

  /**
   * The header of the packet that begins at an offset.
   *
   * @param buffer holds the datagram; not changed
   * @param offset where the packet begins
   * @param end where the datagram ends
   * @param localConnectionIdLength the length of the connection IDs that this endpoint gives out;
   *     short headers do not tell it
   * @param anyQuicBit whether the bit that is 1 in versions 1 and 2 may be 0 here, since this side
   *     says so with grease_quic_bit (RFC 9287 §3)
   * @return null when it isn't a QUIC packet that can be read: the rest of the datagram is dropped,
   *     since nothing says where another packet would begin
   */
  public static PacketHeader parse(
      byte[] buffer, int offset, int end, int localConnectionIdLength, boolean anyQuicBit) {
    if (offset >= end) {
      return null;
    }
    boolean valid = anyQuicBit || FirstByte.hasFixedBit(buffer[offset]);
    return FirstByte.isLong(buffer[offset])
        ? parseLong(buffer, offset, end, valid)
        : valid ? parseShort(buffer, offset, end, localConnectionIdLength) : null;
  }

  /** As the other {@code parse}, for a side that has not advertised grease_quic_bit. */
  public static PacketHeader parse(
      byte[] buffer, int offset, int end, int localConnectionIdLength) {
    return parse(buffer, offset, end, localConnectionIdLength, false);
  }

  /**
   * Whether the packet that begins at an offset has a short header, as {@link #parse} would read
   * it. Its destination ID begins at the next byte, its packet number after that.
   */
  public static boolean isShort(
      byte[] buffer, int offset, int end, int localConnectionIdLength, boolean anyQuicBit) {
    return offset + 1 + localConnectionIdLength <= end
        && !FirstByte.isLong(buffer[offset])
        && (anyQuicBit || FirstByte.hasFixedBit(buffer[offset]));
  }

  /** As the other {@code isShort}, for a side that has not advertised grease_quic_bit. */
  public static boolean isShort(byte[] buffer, int offset, int end, int localConnectionIdLength) {
    return isShort(buffer, offset, end, localConnectionIdLength, false);
  }

  private static PacketHeader parseShort(
      byte[] buffer, int offset, int end, int connectionIdLength) {
    int packetNumberOffset = offset + 1 + connectionIdLength;
    if (packetNumberOffset > end) {
      return null;
    }
    ConnectionId destination = ConnectionId.of(buffer, offset + 1, connectionIdLength);
    return new ShortHeader(destination, offset, packetNumberOffset, end);
  }

  /**
   * @param valid whether it may be a packet of a version that is spoken here; other versions have
   *     no such bit (RFC 8999 §5.1)
   */
  private static PacketHeader parseLong(byte[] buffer, int offset, int end, boolean valid) {
    WireReader in = new WireReader(buffer, offset, end - offset);
    try {
      int firstByte = in.u8();
      int number = in.i32();
      Bytes destination = in.slice(in.u8());
      Bytes source = in.slice(in.u8());
      if (number == 0) {
        return versionNegotiation(in, destination, source);
      }
      QuicVersion version = QuicVersion.of(number);
      if (version == null) {
        return new UnknownVersionHeader(number, id(destination), id(source));
      }
      if (!valid
          || destination.length() > ConnectionId.MAX_LENGTH
          || source.length() > ConnectionId.MAX_LENGTH) {
        return null;
      }
      PacketType type = version.longHeaderType(firstByte);
      return type == PacketType.RETRY
          ? retry(in, version, id(destination), id(source), offset)
          : numbered(in, type, version, id(destination), id(source), offset);
    } catch (WireException e) {
      return null; // cut short; nothing authenticates these bytes, so there is no error to report
    }
  }

  /** RFC 8999 §6: without versions, or with a part of one, the packet is ignored. */
  private static PacketHeader versionNegotiation(WireReader in, Bytes destination, Bytes source) {
    int count = in.remaining() / Integer.BYTES;
    if (count == 0 || in.remaining() % Integer.BYTES != 0) {
      return null;
    }
    int[] versions = new int[count];
    for (int i = 0; i < count; i++) {
      versions[i] = in.i32();
    }
    return new VersionNegotiationHeader(id(destination), id(source), versions);
  }

  /** RFC 9000 §17.2.5.2: a Retry packet with an empty token is discarded. */
  private static PacketHeader retry(
      WireReader in,
      QuicVersion version,
      ConnectionId destination,
      ConnectionId source,
      int start) {
    if (in.remaining() <= RETRY_TAG_LENGTH) {
      return null;
    }
    Bytes token = in.slice(in.remaining() - RETRY_TAG_LENGTH);
    Bytes tag = in.slice(RETRY_TAG_LENGTH);
    return new RetryHeader(version, destination, source, token, tag, start, in.limit());
  }

  private static PacketHeader numbered(
      WireReader in,
      PacketType type,
      QuicVersion version,
      ConnectionId destination,
      ConnectionId source,
      int start) {
    Bytes token = type == PacketType.INITIAL ? in.slice(in.varInt()) : Bytes.EMPTY;
    long length = in.varInt();
    if (length > in.remaining()) {
      return null;
    }
    int packetNumberOffset = in.position();
    return new LongHeader(
        type,
        version,
        destination,
        source,
        token,
        start,
        packetNumberOffset,
        packetNumberOffset + (int) length);
  }

  private static ConnectionId id(Bytes bytes) {
    return ConnectionId.of(bytes.array(), bytes.offset(), bytes.length());
  }
}
