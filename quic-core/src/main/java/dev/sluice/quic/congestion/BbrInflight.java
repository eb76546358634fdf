package dev.sluice.quic.congestion;

/**
 * How much BBR dares to have in flight, learnt from losses (draft-ietf-ccwg-bbr-06 §2.9.2): the
 * long term bound is where probing for bandwidth met too many, the short term bound what got
 * through in the last round with any. Bytes.
 */
final class BbrInflight {
  /** No loss has set a bound. */
  static final long UNBOUNDED = Long.MAX_VALUE;

  /** BBR.Headroom (§2.8): the share that is left for others. */
  private static final double HEADROOM = 0.15;

  private long longTerm = UNBOUNDED;
  private long shortTerm = UNBOUNDED;

  /** BBR.inflight_longterm. */
  long longTerm() {
    return longTerm;
  }

  void setLongTerm(long bytes) {
    longTerm = bytes;
  }

  /** BBR.inflight_shortterm. */
  long shortTerm() {
    return shortTerm;
  }

  void setShortTerm(long bytes) {
    shortTerm = bytes;
  }

  /** After a round with losses: at most what got through, but no sharp turn (§5.5.10.3). */
  void lowerShortTerm(long latest, long window, double beta) {
    long from = shortTerm == UNBOUNDED ? window : shortTerm;
    shortTerm = Math.max(latest, (long) (beta * from));
  }

  /** InflightWithHeadroom (§5.3.3.9). */
  long withHeadroom(int maxDatagramSize) {
    if (longTerm == UNBOUNDED) {
      return UNBOUNDED;
    }
    long headroom = Math.max(maxDatagramSize, (long) (HEADROOM * longTerm));
    return Math.max(longTerm - headroom, (long) Bbr.MIN_PIPE_DATAGRAMS * maxDatagramSize);
  }

  @Override
  public String toString() {
    return "at most " + text(longTerm) + " in flight, for now " + text(shortTerm);
  }

  private static String text(long bytes) {
    return bytes == UNBOUNDED ? "unbounded" : Long.toString(bytes);
  }
}
