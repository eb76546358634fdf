package dev.sluice.http3.webtransport;

/** How much this side lets the peer use: bytes or streams of one session (§5.3, §5.4). */
final class OwnLimit {
  private final long window;
  private long maximum;
  private long used;
  private long released;

  /**
   * @param window what the peer may use at a time; the initial limit, which SETTINGS gave
   */
  OwnLimit(long window) {
    this.window = window;
    maximum = window;
  }

  /** The peer has used some; whether that was allowed. */
  boolean use(long amount) {
    used += amount;
    return used <= maximum;
  }

  /** Some of it was consumed or is closed. */
  void release(long amount) {
    released += amount;
  }

  /**
   * The new limit, when half a window has come free since the last; else 0. The peer hears of it
   * before it is held up (§5.6).
   */
  long takeUpdate() {
    long next = released + window;
    if (next - maximum < Math.max(1, window / 2)) {
      return 0;
    }
    maximum = next;
    return next;
  }
}
