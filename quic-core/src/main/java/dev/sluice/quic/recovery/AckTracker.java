package dev.sluice.quic.recovery;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.EcnCounts;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.trace.Footprint;

/**
 * What has been received in one packet number space, and when and how to acknowledge it (RFC 9000
 * §13.2). All times are nanoseconds of the caller's clock; one thread.
 *
 * <p>Ask {@link #isDuplicate} once a packet is decrypted, call {@link #onReceived} once all its
 * frames are processed. After a whole batch of datagrams, ask {@link #shouldSendNow} once: that
 * makes one ACK frame of the batch. When another packet goes out anyway, {@link #hasNews} tells
 * whether an ACK frame is worth its bytes.
 */
public final class AckTracker {
  /**
   * By how much a timer may be late: it is taken off what the peer asks for. A delay that is
   * shorter than twice this is halved.
   */
  private static final long TIMER_LATENESS = 5_000_000;

  /** RFC 9000 §18.2: a max_ack_delay is below this, in microseconds. */
  private static final long MAX_DELAY_MICROS = 1000L << 14;

  /**
   * The most ranges in one frame. Thirty-two gaps among packets that are not yet known to be
   * acknowledged are a lot of loss; their ranges take 130 bytes or so.
   */
  private static final int MAX_FRAME_RANGES = 32;

  /** After so many ACK frames that nobody acknowledged, one should be sent with a PING. */
  private static final int ELICIT_AFTER = 64;

  /** ECN-CE (RFC 3168 §5). */
  private static final int CE = 3;

  private final boolean immediate;
  private long maxAckDelay;

  /** So many ack-eliciting packets may wait for company (§13.2.2: one). */
  private long elicitingThreshold = 1;

  private final Reordering reordering = new Reordering();
  private long frequencySequence = -1;
  private boolean previousMarked;
  private final ReceivedPackets received = new ReceivedPackets();

  /** Packets below this are not reported any more: the peer knows. */
  private long reportFrom;

  private long largest = -1;
  private long largestReceivedAt;
  private int elicitingCount;
  private long oldestElicitingAt;
  private boolean urgent;
  private int framesSinceAcked;
  private final long[] ecnCounts = new long[4];

  /**
   * @param space Initial and Handshake packets are acknowledged at once
   * @param maxAckDelay what this end told the peer in max_ack_delay, less the lateness of timers
   */
  public AckTracker(PacketNumberSpace space, long maxAckDelay) {
    this.immediate = space != PacketNumberSpace.APPLICATION;
    this.maxAckDelay = maxAckDelay;
  }

  private static long lessLateness(long delay) {
    return Math.max(delay - TIMER_LATENESS, delay / 2);
  }

  /**
   * The peer says how it wants to be sent acknowledgments (draft-ietf-quic-ack-frequency-12 §4).
   *
   * @param minAckDelay what this end told the peer in min_ack_delay, in microseconds
   * @throws TransportException PROTOCOL_VIOLATION when the delay is out of range
   */
  public void onFrequency(AckFrequencyFrame frame, long minAckDelay) {
    if (frame.maxAckDelayMicros() < minAckDelay || frame.maxAckDelayMicros() >= MAX_DELAY_MICROS) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.ACK_FREQUENCY,
          "ACK_FREQUENCY asks for a delay of " + frame.maxAckDelayMicros() + " microseconds");
    }
    if (frame.sequence() > frequencySequence) {
      frequencySequence = frame.sequence();
      elicitingThreshold = frame.ackElicitingThreshold();
      reordering.threshold(frame.reorderingThreshold());
      maxAckDelay = lessLateness(frame.maxAckDelayMicros() * 1000);
    }
  }

  /** The peer wants an acknowledgment of what it sent now (ibid. §5). */
  public void onImmediateAck() {
    urgent = true;
  }

  /**
   * Whether a packet must be dropped because it was processed before, or because it is so old that
   * this cannot be told any more (RFC 9000 §12.3).
   */
  public boolean isDuplicate(long packetNumber) {
    return received.mayContain(packetNumber);
  }

  /** The largest number received, -1 if none: for decoding truncated packet numbers. */
  public long largestReceived() {
    return largest;
  }

  /**
   * Whether a number below the largest is missing, among those that the peer may not know to have
   * arrived: lost, late, or never used (§21.4).
   */
  public boolean hasGap() {
    return largest >= 0 && received.firstMissing(reportFrom) < largest;
  }

  /**
   * A packet was processed.
   *
   * @param packetNumber not a duplicate
   * @param ecn the ECN bits of its datagram, 0 to 3
   */
  public void onReceived(long packetNumber, boolean ackEliciting, int ecn, long now) {
    received.add(packetNumber);
    reportFrom = Math.min(reportFrom, packetNumber); // a late one is reported nonetheless
    boolean marked = ecn == CE;
    ecnCounts[ecn & 3]++;
    if (packetNumber > largest) {
      largest = packetNumber;
      largestReceivedAt = now;
    }
    if (!ackEliciting) {
      return;
    }
    if (elicitingCount++ == 0) {
      oldestElicitingAt = now;
    }
    urgent |= immediate || isMarkNews(marked) || reordering.onReceived(packetNumber, received);
    previousMarked = marked;
  }

  /**
   * Every mark is news, unless the peer wants few acknowledgments: then the first of a row is
   * (§13.2.1; draft-ietf-quic-ack-frequency-12 §6.3).
   */
  private boolean isMarkNews(boolean marked) {
    return marked && (elicitingThreshold <= 1 || !previousMarked);
  }

  /** Whether an ACK frame is due, even if nothing else is to be sent. */
  public boolean shouldSendNow(long now) {
    return elicitingCount > elicitingThreshold || now >= deadline();
  }

  /** When an ACK frame will be due; {@link Long#MAX_VALUE} if none will. */
  public long deadline() {
    if (elicitingCount == 0) {
      return Long.MAX_VALUE; // acknowledging what elicits nothing could go on forever (§13.2.1)
    }
    return urgent ? oldestElicitingAt : oldestElicitingAt + maxAckDelay;
  }

  /** Whether ack-eliciting packets came since the last ACK frame: it may ride along (§13.2.1). */
  public boolean hasNews() {
    return elicitingCount > 0;
  }

  /**
   * Whether the packet with the next ACK frame should elicit an acknowledgment itself, by a PING if
   * need be, so that old ranges can be dropped (§13.2.4).
   */
  public boolean shouldElicit() {
    return framesSinceAcked >= ELICIT_AFTER && framesSinceAcked % ELICIT_AFTER == 0;
  }

  /** The ACK frame for now, as {@link #build(long, int, int)} with room for all ranges. */
  public AckFrame build(long now, int ackDelayExponent) {
    return build(now, ackDelayExponent, Integer.MAX_VALUE);
  }

  /**
   * Builds the ACK frame for now and counts it as sent: what has come so far is not due any more.
   *
   * @param ackDelayExponent this end's own transport parameter
   * @param maxLength bytes that the frame may take; the oldest ranges are left out to fit
   * @return null when nothing was received yet, or not even one range fits
   */
  public AckFrame build(long now, int ackDelayExponent, int maxLength) {
    if (largest < 0) {
      return null;
    }
    AckRanges ranges = received.ranges(reportFrom, MAX_FRAME_RANGES);
    long delay = immediate ? 0 : (Math.max(0, now - largestReceivedAt) / 1000) >> ackDelayExponent;
    AckFrame frame = new AckFrame(largest, delay, ranges, ecnCounts());
    while (frame.encodedLength() > maxLength) {
      if (ranges.count() == 1) {
        return null;
      }
      ranges = ranges.first(ranges.count() / 2);
      frame = new AckFrame(largest, delay, ranges, ecnCounts());
    }
    elicitingCount = 0;
    urgent = false;
    reordering.onReported(largest);
    framesSinceAcked++;
    return frame;
  }

  /**
   * A packet with an ACK frame of ours was acknowledged: what that frame reported needs no more
   * reporting (§13.2.4). The oldest ranges, which it had no room for, are let go with the rest, as
   * §13.2.3 permits: by what lies above them their packets were given up long ago.
   *
   * @param largestReported the frame's Largest Acknowledged, from {@link RecoveryToken.Ack}
   */
  public void onAckOfAckAcked(long largestReported) {
    framesSinceAcked = 0;
    // The largest number stays in every frame (§13.2.3).
    reportFrom = Math.max(reportFrom, Math.min(largestReported + 1, largest));
  }

  /** What is remembered of the packets that came. */
  public void measure(Footprint out) {
    out.holds("ranges of received packets", received.size(), ReceivedPackets.MAX_RANGES);
  }

  private EcnCounts ecnCounts() {
    boolean none = ecnCounts[1] == 0 && ecnCounts[2] == 0 && ecnCounts[3] == 0;
    return none ? null : new EcnCounts(ecnCounts[2], ecnCounts[1], ecnCounts[3]);
  }
}
