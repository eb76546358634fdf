package dev.sluice.qpack;

import java.util.List;

/**
 * The encoder of one connection (RFC 9204 §2.1): turns field lists into encoded field sections,
 * fills the peer's dynamic table through the encoder stream, and learns from the decoder stream
 * what the peer has received.
 *
 * <p>It belongs to one thread. It never evicts an entry that the peer may still need (§2.1.1) and
 * never puts more streams at risk of waiting than the peer allows (§2.1.2). After {@link #encode},
 * send what {@link #takeEncoderStream()} gives, best before the section.
 */
public final class QpackEncoder {
  private final EncoderLimits limits;
  private final EncoderTable table = new EncoderTable();
  private final OutstandingSections outstanding = new OutstandingSections();
  private final EncoderStreamWriter instructions = new EncoderStreamWriter(table);
  private final DecoderStreamReader decoderStream = new DecoderStreamReader(table, outstanding);
  private final FieldSectionWriter section = new FieldSectionWriter(table);
  private final InsertionPolicy policy = new InsertionPolicy();

  private long peerTableCapacity;
  private long blockedStreams;

  /** Of the section at hand: entries below this absolute index may be referred to. */
  private long usableBelow;

  /**
   * An encoder that knows nothing of its peer yet, and so uses the static table only.
   *
   * @param limits how much of what the peer will offer may be used
   */
  public QpackEncoder(EncoderLimits limits) {
    this.limits = limits;
  }

  /**
   * The peer's settings. Until this is called both are zero. With 0-RTT it is called with the
   * remembered settings first and with the real ones later.
   *
   * @param maxTableCapacity SETTINGS_QPACK_MAX_TABLE_CAPACITY, 0 when absent
   * @param blockedStreams SETTINGS_QPACK_BLOCKED_STREAMS, 0 when absent
   * @throws QpackException with QPACK_DECODER_STREAM_ERROR when a remembered capacity other than
   *     zero has changed (RFC 9204 §3.2.3)
   */
  public void onPeerSettings(long maxTableCapacity, long blockedStreams) throws QpackException {
    if (peerTableCapacity != 0 && maxTableCapacity != peerTableCapacity) {
      throw new QpackException(
          QpackException.QPACK_DECODER_STREAM_ERROR,
          "SETTINGS_QPACK_MAX_TABLE_CAPACITY was "
              + peerTableCapacity
              + " when 0-RTT was offered and is "
              + maxTableCapacity);
    }
    peerTableCapacity = maxTableCapacity;
    this.blockedStreams = Math.min(blockedStreams, limits.blockedStreams());
    instructions.setCapacity(Math.min(maxTableCapacity, limits.tableCapacity()));
  }

  /**
   * How many bytes the encoder stream can carry right now beyond what was last taken. A line whose
   * insertion would not fit travels as a literal, since an instruction that is sent in part can
   * deadlock (RFC 9204 §2.1.3). Without a call there is no such limit.
   *
   * @param bytes 0 or more; replaces what was said before
   */
  public void onEncoderStreamCredit(long bytes) {
    instructions.setCredit(bytes);
  }

  /**
   * Encodes a field section.
   *
   * @param streamId the stream that will carry it
   * @param lines in the order to keep
   * @return the payload of a HEADERS frame, or of a PUSH_PROMISE frame after the push ID; the
   *     caller's to keep. It must be sent, or its stream reset, or its entries stay in the table
   *     for good.
   */
  public byte[] encode(long streamId, List<FieldLine> lines) {
    usableBelow = usableBelow(streamId);
    section.begin();
    for (int i = 0; i < lines.size(); i++) {
      encode(lines.get(i));
    }
    OutstandingSections.Section sent = section.outstanding();
    if (sent != null) {
      outstanding.add(streamId, sent, table.knownReceived());
    }
    return section.finish(SectionPrefix.maxEntries(peerTableCapacity));
  }

  /** What must go on the encoder stream, best before the sections; empty when nothing. */
  public byte[] takeEncoderStream() {
    return instructions.take();
  }

  /**
   * Bytes of the peer's decoder stream, cut anywhere; not kept.
   *
   * @throws QpackException with QPACK_DECODER_STREAM_ERROR
   */
  public void onDecoderStream(byte[] bytes, int offset, int length) throws QpackException {
    decoderStream.receive(bytes, offset, length);
  }

  /** For tests. */
  EncoderTable table() {
    return table;
  }

  /** For tests. */
  OutstandingSections outstanding() {
    return outstanding;
  }

  /** Acknowledged entries never block; others only where one more stream at risk is allowed. */
  private long usableBelow(long streamId) {
    if (!outstanding.hasRoom() || outstanding.isCancelled(streamId)) {
      return 0;
    }
    return outstanding.mayBlock(streamId, blockedStreams) ? Long.MAX_VALUE : table.knownReceived();
  }

  private void encode(FieldLine line) {
    int staticName = StaticTable.findName(line.name());
    boolean never = InsertionPolicy.isSensitive(line);
    if (!never) {
      int staticLine = staticName < 0 ? -1 : StaticTable.findLine(line.name(), line.value());
      if (staticLine >= 0) {
        section.indexedStatic(staticLine);
        return;
      }
      long entry = instructions.capacity() == 0 ? -1 : dynamicEntry(line, staticName);
      if (entry >= 0) {
        section.indexedDynamic(entry);
        return;
      }
    }
    literal(line, staticName, never);
  }

  /** A dynamic entry to refer to, inserted if that pays, or -1. */
  private long dynamicEntry(FieldLine line, int staticName) {
    long newest = table.findLine(line, Long.MAX_VALUE);
    if (newest < 0) {
      newest = policy.shouldInsert(line) ? instructions.insert(line, staticName) : -1;
      return newest < usableBelow ? newest : -1;
    }
    if (table.isDraining(newest)) {
      // Renew what is in use before it is evicted; the old entry then drains (§2.1.1.1).
      instructions.duplicate(newest);
    }
    return table.findLine(line, usableBelow);
  }

  private void literal(FieldLine line, int staticName, boolean never) {
    if (staticName >= 0) {
      section.literalWithStaticName(staticName, line, never);
      return;
    }
    long dynamicName = table.findName(line.name(), usableBelow);
    if (dynamicName >= 0 && !table.isDraining(dynamicName)) {
      section.literalWithDynamicName(dynamicName, line, never);
    } else {
      section.literal(line, never);
    }
  }
}
