package dev.sluice.quic.recovery;

/**
 * What is known of the packets of one number space that one path carried. Packets are compared with
 * those of their own path only: one that travels on a longer way is overtaken by others, and not
 * late (RFC 9000 §9.4).
 */
final class PathSpace {
  private final PathRecovery path;
  private final PersistentCongestion losses;
  private long largestAcked = -1;
  private long newestAcked = Long.MIN_VALUE;
  private long firstSent = -1;
  private long lastSent = -1;

  /** This packet and those before it were sent a packet threshold before {@link #countedFrom}. */
  private long overtaken = -1;

  private long countedFrom = -1;

  PathSpace(PathRecovery path) {
    this.path = path;
    this.losses = new PersistentCongestion(path);
  }

  /** The losses that may amount to persistent congestion. */
  PersistentCongestion losses() {
    return losses;
  }

  void onSent(long packetNumber) {
    firstSent = firstSent < 0 ? packetNumber : firstSent;
    lastSent = packetNumber;
  }

  /** The number of the first packet; -1 before there was one. */
  long firstSent() {
    return firstSent;
  }

  /** The number of the last packet; -1 before there was one. */
  long lastSent() {
    return lastSent;
  }

  void onAcked(long packetNumber, long sentTime) {
    largestAcked = Math.max(largestAcked, packetNumber);
    newestAcked = Math.max(newestAcked, sentTime);
  }

  /** When the newest acknowledged packet was sent; MIN_VALUE before one was. */
  long newestAcked() {
    return newestAcked;
  }

  /** Whether a packet that was sent later on this path was acknowledged. */
  boolean isPassed(long packetNumber) {
    return packetNumber < largestAcked;
  }

  /**
   * Whether so many packets were sent later on this path, the last of them acknowledged, that this
   * one is lost (RFC 9002 §6.1.1). They are counted when the first is asked for, and that costs no
   * more steps in all than packets are sent, three times over.
   */
  boolean isOvertaken(long packetNumber, SentPackets sent) {
    if (countedFrom != largestAcked) {
      countedFrom = largestAcked;
      overtaken = sent.before(largestAcked, path, Recovery.PACKET_THRESHOLD);
    }
    return packetNumber <= overtaken;
  }
}
