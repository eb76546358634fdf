package dev.sluice.quic.recovery;

/**
 * Recognises that everything sent on one path in one space over some time was lost (RFC 9002
 * §7.6.2). Packets are declared lost in the order of their numbers, so it is enough to remember the
 * first and the last of the current run of ack-eliciting losses, and to end the run where an
 * acknowledged packet lies between two of them.
 */
final class PersistentCongestion {
  private final PathRecovery path;
  private boolean running;
  private boolean grown;
  private long firstLost;
  private long lastLost;
  private long firstSentTime;
  private long lastSentTime;

  PersistentCongestion(PathRecovery path) {
    this.path = path;
  }

  /** An ack-eliciting packet was lost, after all that were lost before it. */
  void onLost(SentPackets sent, long packetNumber) {
    // Before the first sample, timeouts rest on a guess and probes are few (§7.6.2).
    RttEstimator rtt = path.rtt();
    if (!rtt.isSampled() || sent.sentTime(packetNumber) <= rtt.firstSampleTime()) {
      return;
    }
    if (!running || acknowledgedBetween(sent, lastLost, packetNumber)) {
      running = true;
      firstLost = packetNumber;
      firstSentTime = sent.sentTime(packetNumber);
    }
    grown = true;
    lastLost = packetNumber;
    lastSentTime = sent.sentTime(packetNumber);
  }

  /** A packet declared lost, of whatever kind, was late instead: a run around it was none. */
  void onLate(long packetNumber) {
    if (running && packetNumber >= firstLost && packetNumber <= lastLost) {
      running = false;
    }
  }

  /**
   * Whether a loss has come to the run since this was asked last. What was judged before is not
   * judged again, by a probe timeout that has become shorter.
   */
  boolean hasGrown() {
    boolean before = grown;
    grown = false;
    return before;
  }

  /** How long nothing got through, from the first to the last loss of the run; 0 if none. */
  long duration() {
    return running ? lastSentTime - firstSentTime : 0;
  }

  /** When the first packet of the run was sent. */
  long firstSentTime() {
    return firstSentTime;
  }

  /** Starts over, after it was acted on. */
  void reset() {
    running = false;
  }

  private boolean acknowledgedBetween(SentPackets sent, long low, long high) {
    if (low + 1 < sent.first()) {
      return low + 1 < high; // forgotten already: acknowledged, for all we know
    }
    // Stops at the first packet of an acknowledged stretch, so a long one costs nothing.
    for (long packet = low + 1; packet < high; packet++) {
      if (sent.state(packet) == SentPackets.ACKED && sent.path(packet) == path) {
        return true;
      }
    }
    return false;
  }
}
