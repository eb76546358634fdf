package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.ShortHeaderWriter;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet between its first header byte and its sealing. Packets of one datagram are drafted one
 * after another, then padded, then sealed; a draft is reused for the next datagram.
 */
final class PacketDraft {

  /** Bytes that every AEAD of QUIC adds (RFC 9001 §5.3). */
  static final int TAG = 16;

  /**
   * Header protection samples from 4 bytes after the packet number's start on (RFC 9001 §5.4.2).
   */
  private static final int MIN_NUMBER_AND_PAYLOAD = 4;

  /** §10.3: packets are this much longer than the IDs that the peer must use. */
  private static final int RESETTABLE = 22;

  /**
   * One byte would tell the peer the wrong number once 128 later packets overtake this one, which
   * takes a gap of less than a millisecond where bandwidth is high (RFC 9000 §17.1). Two outlast
   * 32,768 packets, 40 MB; what goes on a path that is not in use may be later still, and has all
   * four.
   */
  private static final int MIN_NUMBER = 2;

  private final PacketSpace space;
  private final PacketContents contents = new PacketContents();
  private PacketType type;
  private WireWriter out;
  private long number;
  private int start;
  private int numberOffset;
  private int payloadStart;
  private int limit;
  private int minLength;
  private long keyPhase;

  PacketDraft(PacketSpace space) {
    this.space = space;
    this.type = type(space, false);
  }

  private static PacketType type(PacketSpace space, boolean early) {
    return switch (space.number()) {
      case INITIAL -> PacketType.INITIAL;
      case HANDSHAKE -> PacketType.HANDSHAKE;
      case APPLICATION -> early ? PacketType.ZERO_RTT : PacketType.ONE_RTT;
    };
  }

  PacketSpace space() {
    return space;
  }

  PacketType type() {
    return type;
  }

  PacketContents contents() {
    return contents;
  }

  long number() {
    return number;
  }

  /**
   * Writes the header where the writer stands and makes room for the payload.
   *
   * @param path the path that the packet takes
   * @return false, with nothing written, when the datagram has too little room left
   */
  boolean begin(
      Connection connection,
      Path path,
      WireWriter writer,
      Bytes token,
      long packetNumber,
      long largestAcked) {
    type = type(space, connection.early.isSending());
    ConnectionId destination = path.destination().id();
    int least = path == connection.paths.active() ? MIN_NUMBER : PacketNumber.MAX_ENCODED_LENGTH;
    int numberLength = Math.max(least, PacketNumber.encodedLength(packetNumber, largestAcked));
    int header =
        type == PacketType.ONE_RTT
            ? ShortHeaderWriter.length(destination, numberLength)
            : LongHeaderWriter.length(
                type, destination, connection.ids.localFirst(), token, numberLength);
    if (writer.remaining() < header + MIN_NUMBER_AND_PAYLOAD + TAG) {
      return false;
    }
    out = writer;
    number = packetNumber;
    keyPhase = connection.spaces.oneRtt().sendPhase();
    start = writer.position();
    limit = writer.limit();
    minLength = RESETTABLE + connection.ids.localFirst().length();
    if (type == PacketType.ONE_RTT) {
      numberOffset =
          ShortHeaderWriter.write(
              writer,
              destination,
              false,
              connection.spaces.oneRtt().sendPhaseBit() == 1,
              packetNumber,
              numberLength);
    } else {
      int lengthField =
          LongHeaderWriter.begin(
              writer,
              type,
              connection.versions.forSending(type),
              destination,
              connection.ids.localFirst(),
              token,
              packetNumber,
              numberLength);
      numberOffset = lengthField + LongHeaderWriter.LENGTH_WIDTH;
    }
    writer.buffer()[start] = connection.quicBit.apply(writer.buffer()[start]);
    payloadStart = writer.position();
    int end = type == PacketType.ONE_RTT ? limit : numberOffset + LongHeaderWriter.LONGEST;
    writer.limit(Math.min(limit, end) - TAG);
    contents.begin(writer);
    return true;
  }

  /** The phase of the 1-RTT keys that it was begun under (RFC 9001 §6). */
  long keyPhase() {
    return keyPhase;
  }

  /** The most that a 1-RTT packet has beside its payload, in bytes. */
  static int overhead(ConnectionId destination) {
    return ShortHeaderWriter.length(destination, PacketNumber.MAX_ENCODED_LENGTH) + TAG;
  }

  /** Nothing was to be said after all: takes the header back. */
  void undo() {
    out.limit(limit);
    out.position(start);
  }

  /**
   * The payload is complete, but for padding; leaves room for the tag. No packet is so short that a
   * stateless reset in answer to it could be told from a packet by its length (RFC 9000 §10.3).
   */
  void finish() {
    int missing =
        Math.max(
            MIN_NUMBER_AND_PAYLOAD - (out.position() - numberOffset),
            minLength - TAG - (out.position() - start));
    missing = Math.min(missing, out.remaining());
    if (missing > 0) {
      contents.add(new PaddingFrame(missing), null);
    }
    out.limit(limit);
    out.skip(TAG);
  }

  /** Lengthens the payload of the datagram's last packet (RFC 9000 §14.1). */
  void pad(int bytes) {
    out.position(out.position() - TAG);
    contents.add(new PaddingFrame(bytes), null);
    out.skip(TAG);
  }

  /**
   * The payload read back, for those who watch: only what is on the wire counts, however it came to
   * be there. Good until the packet is sealed.
   */
  List<Frame> frames(int end) {
    WireReader payload = new WireReader(out.buffer(), payloadStart, end - TAG - payloadStart);
    List<Frame> frames = new ArrayList<>();
    while (payload.hasRemaining()) {
      frames.add(FrameReader.read(payload));
    }
    return frames;
  }

  /**
   * Encrypts the payload. Of a long header the protection is put on at once, that of a short one
   * comes with those of the whole flight.
   *
   * @param end where the packet ends, its tag included
   * @param flight takes note of a short header
   * @return the packet's length in bytes
   */
  int seal(PacketKeys keys, int end, HeaderBatch flight) {
    byte[] buffer = out.buffer();
    if (type != PacketType.ONE_RTT) {
      LongHeaderWriter.finishLength(buffer, numberOffset - LongHeaderWriter.LENGTH_WIDTH, end);
    }
    keys.seal(buffer, start, payloadStart - start, end - TAG - payloadStart, number);
    if (type == PacketType.ONE_RTT) {
      flight.add(start, numberOffset);
    } else {
      keys.protectHeader(buffer, start, numberOffset, payloadStart - numberOffset);
    }
    return end - start;
  }

  /** Where the packet begins in the buffer. */
  int start() {
    return start;
  }
}
