package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.StreamData;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.quic.wire.WireReader;
import java.util.ArrayList;
import java.util.List;

/**
 * The packet that is being received: where it came in, what was in it. One object serves all
 * packets of an endpoint, one after another.
 */
final class InboundPacket {

  /** What an ordinary datagram's payload needs; grows for larger ones. */
  private static final int USUAL_PAYLOAD = 1536;

  private final WireReader payload = WireReader.of(new byte[0]);
  private final StreamData stream = new StreamData();
  private byte[] plaintext = new byte[0];
  private PacketType type;
  private PacketSpace space;
  private ConnectionId destination;
  private LongHeader longHeader;
  private Path path;
  private long number;
  private int firstByte;
  private int length;
  private int wireLength;
  private boolean ackEliciting;
  private boolean probing;
  private List<Frame> traced = List.of();

  /** The next packet; header protection is off, the rest of it still sealed. */
  void begin(PacketType packetType, PacketSpace packetSpace, ConnectionId to, Path onPath) {
    type = packetType;
    space = packetSpace;
    destination = to;
    path = onPath;
    longHeader = null;
    ackEliciting = false;
    probing = true;
    traced = List.of(); // the last one may have broken a rule before they were taken
  }

  /** As {@link #begin(PacketType, PacketSpace, ConnectionId, Path)}, with a long header. */
  void begin(LongHeader header, PacketSpace packetSpace, Path onPath) {
    begin(header.type(), packetSpace, header.destination(), onPath);
    longHeader = header;
  }

  /** Recovers the full packet number (RFC 9000 §A.3). */
  void number(byte[] buffer, int numberOffset, int numberLength) {
    long truncated = PacketNumber.read(buffer, numberOffset, numberLength);
    number = PacketNumber.decode(truncated, numberLength, space.acks().largestReceived());
  }

  /**
   * Opens the packet, whose number is known.
   *
   * @param start the index of its first byte
   * @param headerLength with the packet number
   * @return false when it does not authenticate
   */
  boolean open(PacketKeys keys, byte[] buffer, int start, int headerLength, int end) {
    int sealed = end - start - headerLength;
    if (plaintext.length < sealed) {
      plaintext = new byte[Math.max(sealed, USUAL_PAYLOAD)];
    }
    firstByte = buffer[start];
    wireLength = end - start;
    length = keys.open(buffer, start, headerLength, sealed, number, plaintext);
    if (length < 0) {
      return false;
    }
    payload.reset(plaintext, 0, length);
    return true;
  }

  PacketType type() {
    return type;
  }

  PacketSpace space() {
    return space;
  }

  /** The connection ID that it was sent to. */
  ConnectionId destination() {
    return destination;
  }

  /** The path that it came on. */
  Path path() {
    return path;
  }

  long number() {
    return number;
  }

  /** The reserved bits of the header, which must be 0. */
  int reservedBits() {
    return FirstByte.reservedBits(firstByte);
  }

  /** The Key Phase bit of a 1-RTT packet. */
  int keyPhaseBit() {
    return FirstByte.keyPhase(firstByte) ? 1 : 0;
  }

  /** The version that a long header names. */
  int version() {
    return longHeader.version().number();
  }

  /** The sender's connection ID in a long header. */
  ConnectionId source() {
    return longHeader.source();
  }

  /** The length of the Token field, 0 where there is none. */
  int tokenLength() {
    return longHeader.token().length();
  }

  /** The length of the packet with its header and tag, in bytes. */
  int wireLength() {
    return wireLength;
  }

  /** The length of the payload in bytes. */
  int length() {
    return length;
  }

  /** Where the frames are read from; what they view is overwritten by the next packet. */
  WireReader payload() {
    return payload;
  }

  /** For STREAM frames, which are read one after another into the same object. */
  StreamData stream() {
    return stream;
  }

  /** A frame of the packet has been read. */
  void onFrame(Frame frame, boolean tracing) {
    ackEliciting |= frame.isAckEliciting();
    probing &= FrameTypes.isProbing(frame.type());
    if (tracing) {
      if (traced.isEmpty()) {
        traced = new ArrayList<>();
      }
      traced.add(frame);
    }
  }

  /** A STREAM frame of the packet has been read, and nobody traces. */
  void onStreamFrame() {
    ackEliciting = true;
    probing = false;
  }

  /** Whether a frame so far asks for an acknowledgment (RFC 9000 §13.2). */
  boolean isAckEliciting() {
    return ackEliciting;
  }

  /** Whether all frames so far are of the kind that probes a path (§9.1). */
  boolean isProbing() {
    return probing;
  }

  /** The frames so far; the list is the caller's, and empty unless they were traced. */
  List<Frame> takeTraced() {
    List<Frame> taken = traced;
    traced = List.of();
    return taken;
  }
}
