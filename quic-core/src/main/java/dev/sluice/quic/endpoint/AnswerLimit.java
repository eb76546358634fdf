package dev.sluice.quic.endpoint;

/**
 * How many datagrams may be answered without state: a peer that provokes them gains nothing from
 * more (RFC 9000 §10.3.3), and a server has better things to do.
 */
final class AnswerLimit {

  /** As many as all the connections of a busy server bring about that comes back without state. */
  private static final int PER_SECOND = 10_000;

  /** What may come in one go. */
  private static final int BURST = 1_000;

  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;

  private int allowed = BURST;
  private long last;
  private boolean started;

  /** Whether one more may be sent now; it counts as sent. */
  boolean take(long now) {
    if (!started) {
      started = true;
      last = now;
    }
    long earned = (now - last) / NANOS_EACH;
    if (earned > 0) {
      allowed = (int) Math.min(BURST, allowed + earned);
      last += earned * NANOS_EACH;
    }
    if (allowed == 0) {
      return false;
    }
    allowed--;
    return true;
  }
}
