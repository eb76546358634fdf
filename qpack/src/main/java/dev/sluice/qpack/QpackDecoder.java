package dev.sluice.qpack;

/**
 * The decoder of one connection (RFC 9204 §2.2): keeps the dynamic table that the peer's encoder
 * fills, decodes field sections, holds back those that came before their table entries, and tells
 * the peer what it has done.
 *
 * <p>It belongs to one thread. After every call, {@link #takeDecoderStream()} may have something to
 * send; take it after a batch of work rather than after each piece, and insertions are acknowledged
 * by one instruction instead of many (§2.2.2.3).
 */
public final class QpackDecoder {
  /**
   * What each blocked stream adds to the bytes that may wait: HTTP requests are smaller than this,
   * but for exceptions that can lean on what the others leave.
   */
  private static final long WAITING_BYTES_A_STREAM = 16 * 1024;

  /** What one section may take of the waiting bytes whatever the other limits are. */
  private static final long WAITING_BYTES_OF_ONE = 1024 * 1024;

  /**
   * The instructions that may wait to be taken, about a hundred thousand of them. Whoever drives
   * this decoder takes them as it goes; a peer that makes work but never lets us answer is cut off
   * here (§7.3).
   */
  private static final int MOST_INSTRUCTION_BYTES = 256 * 1024;

  private final long maxTableCapacity;
  private final long maxBlockedStreams;
  private final long maxEntries;
  private final long maxEncodedSection;
  private final long maxWaitingBytes;

  private final DynamicTable table = new DynamicTable();
  private final EncoderStreamReader encoderStream;
  private final FieldSectionReader sections;
  private final BlockedSections blocked = new BlockedSections();
  private final QpackReader in = new QpackReader();

  /** Decoder instructions that have not been taken yet. */
  private final QpackWriter instructions = new QpackWriter(64);

  /** The Known Received Count as the peer will see it once it has read what we wrote (§2.1.4). */
  private long acknowledged;

  /**
   * A decoder with an empty table of capacity 0, which the peer may raise to {@code
   * maxTableCapacity}.
   *
   * @param maxTableCapacity SETTINGS_QPACK_MAX_TABLE_CAPACITY as sent to the peer, in bytes
   * @param maxBlockedStreams SETTINGS_QPACK_BLOCKED_STREAMS as sent to the peer
   * @param maxFieldSectionSize the largest section to decode, in bytes of RFC 9114 §4.2.2 (names,
   *     values and 32 a line); {@code Long.MAX_VALUE} for no limit
   * @throws IllegalArgumentException when an argument is negative or a setting above 2^62-1
   */
  public QpackDecoder(long maxTableCapacity, long maxBlockedStreams, long maxFieldSectionSize) {
    long largestSetting = (1L << 62) - 1;
    if (maxTableCapacity < 0
        || maxTableCapacity > largestSetting
        || maxBlockedStreams < 0
        || maxBlockedStreams > largestSetting
        || maxFieldSectionSize < 0) {
      throw new IllegalArgumentException("limit out of range");
    }
    this.maxTableCapacity = maxTableCapacity;
    this.maxBlockedStreams = maxBlockedStreams;
    maxEntries = SectionPrefix.maxEntries(maxTableCapacity);
    // Huffman code takes at most 3.75 bytes a byte, and 32 bytes a line cover padded integers.
    maxEncodedSection = Math.min(maxFieldSectionSize, Long.MAX_VALUE / 8) * 4 + 32;
    maxWaitingBytes =
        Math.min(maxBlockedStreams, Integer.MAX_VALUE) * WAITING_BYTES_A_STREAM
            + Math.min(maxEncodedSection, WAITING_BYTES_OF_ONE);
    encoderStream = new EncoderStreamReader(table, maxTableCapacity);
    sections = new FieldSectionReader(table, maxFieldSectionSize);
  }

  /**
   * Bytes of the peer's encoder stream, cut anywhere; not kept. Afterwards take {@link
   * #nextUnblocked()} until it is null.
   *
   * @throws QpackException with QPACK_ENCODER_STREAM_ERROR
   */
  public void onEncoderStream(byte[] bytes, int offset, int length) throws QpackException {
    encoderStream.receive(bytes, offset, length);
  }

  /**
   * Decodes a field section, or holds it back until its table entries are there.
   *
   * @param section the payload of a HEADERS frame, or of a PUSH_PROMISE frame after the push ID;
   *     the decoder may keep the array
   * @throws QpackException with QPACK_DECOMPRESSION_FAILED
   * @throws IllegalStateException when an earlier section of this stream is still blocked
   */
  public Decoded decode(long streamId, byte[] section) throws QpackException {
    if (blocked.contains(streamId)) {
      throw new IllegalStateException("stream " + streamId + " is blocked");
    }
    if (instructions.length() > MOST_INSTRUCTION_BYTES) {
      throw failed("more work than the decoder stream takes acknowledgments for");
    }
    in.reset(section, 0, section.length);
    SectionPrefix prefix = SectionPrefix.read(in, maxEntries, table.insertCount());
    if (prefix.requiredInsertCount() <= table.insertCount()) {
      return finish(streamId, prefix);
    }
    int linesAt = in.position();
    in.release();
    return holdBack(new BlockedSections.Waiting(streamId, prefix, section, linesAt));
  }

  /**
   * The next section that no longer waits, or null when there is none.
   *
   * @throws QpackException with QPACK_DECOMPRESSION_FAILED
   */
  public Unblocked nextUnblocked() throws QpackException {
    BlockedSections.Waiting ready = blocked.poll(table.insertCount());
    if (ready == null) {
      return null;
    }
    in.reset(ready.section(), ready.linesAt(), ready.section().length - ready.linesAt());
    return new Unblocked(ready.streamId(), finish(ready.streamId(), ready.prefix()));
  }

  /**
   * The stream was reset, or will not be read to its end: forgets its blocked section, if any, and
   * lets the peer's encoder release what the stream refers to (RFC 9204 §2.2.2.2).
   */
  public void cancel(long streamId) {
    blocked.remove(streamId);
    if (maxTableCapacity > 0) {
      instructions.integer(0x40, 6, streamId); // §4.4.2
    }
  }

  /**
   * What must go on the decoder stream: section acknowledgments and cancellations in the order in
   * which they arose, then the insertions that no acknowledgment covers. Empty when nothing.
   */
  public byte[] takeDecoderStream() {
    long increment = table.insertCount() - acknowledged;
    if (increment > 0) {
      instructions.integer(0, 6, increment); // §4.4.3
      acknowledged = table.insertCount();
    }
    return instructions.take();
  }

  /** For tests: the bytes that wait, of sections and of an unfinished instruction. */
  long heldBytes() {
    return blocked.bytes() + encoderStream.held();
  }

  /** For tests. */
  DynamicTable table() {
    return table;
  }

  private Decoded finish(long streamId, SectionPrefix prefix) throws QpackException {
    Decoded decoded = sections.read(in, prefix);
    in.release();
    if (prefix.requiredInsertCount() > 0) {
      // Also when it was too large: its entries are here, and the encoder may let go of them.
      instructions.integer(0x80, 7, streamId); // §4.4.1
      acknowledged = Math.max(acknowledged, prefix.requiredInsertCount());
    }
    return decoded;
  }

  private Decoded holdBack(BlockedSections.Waiting waiting) throws QpackException {
    if (blocked.isFull(maxBlockedStreams, table.insertCount())) {
      throw failed(
          "stream "
              + waiting.streamId()
              + " would be blocked beyond the limit of "
              + maxBlockedStreams);
    }
    if (waiting.section().length > maxEncodedSection) {
      return refuse(waiting, maxEncodedSection, "encoded field section is larger than ");
    }
    if (blocked.bytes() + waiting.section().length > maxWaitingBytes) {
      return refuse(waiting, maxWaitingBytes, "blocked field sections together are larger than ");
    }
    blocked.add(waiting);
    return new Decoded.Blocked(waiting.prefix().requiredInsertCount());
  }

  /** Its entries have not arrived, so it can't be acknowledged, only cancelled. */
  private Decoded refuse(BlockedSections.Waiting waiting, long limit, String reason) {
    cancel(waiting.streamId());
    return new Decoded.TooLarge(limit, reason + limit + " bytes");
  }

  private static QpackException failed(String message) {
    return new QpackException(QpackException.QPACK_DECOMPRESSION_FAILED, message);
  }
}
