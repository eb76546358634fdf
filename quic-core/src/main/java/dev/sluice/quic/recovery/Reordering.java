package dev.sluice.quic.recovery;

/**
 * Whether an ack-eliciting packet came so much out of order that the peer should hear of it at once
 * (RFC 9000 §13.2.1, and with a threshold draft-ietf-quic-ack-frequency-12 §6.2).
 */
final class Reordering {
  private static final long DEFAULT_THRESHOLD = 1;

  private long threshold = DEFAULT_THRESHOLD;
  private long largestEliciting = -1;
  private long largestReported = -1;

  /** From which gap on; 0 for never. */
  void threshold(long value) {
    threshold = value;
  }

  /** An ACK frame leaves with this Largest Acknowledged. */
  void onReported(long largest) {
    largestReported = largest;
  }

  /**
   * An ack-eliciting packet came, and is in {@code received} already.
   *
   * @return whether an ACK frame is due because of it
   */
  boolean onReceived(long packetNumber, ReceivedPackets received) {
    boolean due =
        threshold == DEFAULT_THRESHOLD
            ? packetNumber < largestEliciting
                || received.startOf(packetNumber) > largestEliciting + 1
            : threshold > 0 && isBeyond(packetNumber, received);
    largestEliciting = Math.max(largestEliciting, packetNumber);
    return due;
  }

  private boolean isBeyond(long packetNumber, ReceivedPackets received) {
    long reportedMissing = largestReported - threshold;
    if (packetNumber <= reportedMissing) {
      return true; // its sender has given it up, and should learn that this was wrong
    }
    long largest = Math.max(largestEliciting, packetNumber);
    long missing = received.firstMissing(Math.max(reportedMissing + 1, 0));
    return missing < largest && largest - missing >= threshold;
  }
}
