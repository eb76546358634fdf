package dev.sluice.http3.webtransport;

/** How much the peer lets this side use: bytes or streams of one session (§5.3, §5.4). */
final class PeerLimit {
  private long maximum;
  private long used;
  private long reportedAt = -1;
  private boolean blocked;

  PeerLimit(long initial) {
    maximum = initial;
  }

  long maximum() {
    return maximum;
  }

  /** How much may still be used. */
  long credit() {
    return Math.max(0, maximum - used);
  }

  void use(long amount) {
    used += amount;
  }

  /** What was written but never sent, since its stream was reset, counts for nobody. */
  void giveBack(long amount) {
    used -= amount;
  }

  void raise(long newMaximum) {
    maximum = Math.max(maximum, newMaximum);
    blocked = false;
  }

  /** Somebody wanted more than there is. */
  void onBlocked() {
    blocked = true;
  }

  /** Whether the peer is to be told that its limit holds somebody up; once for each limit. */
  boolean takeReport() {
    if (!blocked || reportedAt == maximum) {
      return false;
    }
    reportedAt = maximum;
    return true;
  }
}
