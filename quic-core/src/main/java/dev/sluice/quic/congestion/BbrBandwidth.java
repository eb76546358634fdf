package dev.sluice.quic.congestion;

/** What BBR believes of the path's bandwidth, in bytes a second (draft-ietf-ccwg-bbr-06 §2.9.1). */
final class BbrBandwidth {
  /** bw_shortterm while no loss speaks against the maximum. */
  static final double UNBOUNDED = Double.POSITIVE_INFINITY;

  /** The best samples of the last ProbeBW cycle and of this one (MaxBwFilterLen, §2.11). */
  private double lastCycle;

  private double thisCycle;
  private double shortTerm = UNBOUNDED;
  private double current;

  /** UpdateMaxBw (§5.5.5): a rate that the application limited counts only if it is a record. */
  void onSample(RateSample sample) {
    if (sample.rate() > 0 && (sample.rate() >= max() || !sample.applicationLimited())) {
      thisCycle = Math.max(thisCycle, sample.rate());
    }
  }

  /** AdvanceMaxBwFilter (§5.5.6): one more cycle of probing is over. */
  void advance() {
    if (thisCycle > 0) { // without a sample of this cycle, the old ones are all there is
      lastCycle = thisCycle;
      thisCycle = 0;
    }
  }

  /** BBR.max_bw. */
  double max() {
    return Math.max(lastCycle, thisCycle);
  }

  /** BBR.bw, as of the last {@link #bound}. */
  double current() {
    return current;
  }

  /** BoundBWForModel (§5.5.10.3). */
  void bound() {
    current = Math.min(max(), shortTerm);
  }

  /** BBR.bw_shortterm. */
  double shortTerm() {
    return shortTerm;
  }

  /** After a round with losses: at most the last round's rate, but no sharp turn (§5.5.10.3). */
  void lowerShortTerm(double latest, double beta) {
    double from = shortTerm == UNBOUNDED ? max() : shortTerm;
    shortTerm = Math.max(latest, beta * from);
  }

  void setShortTerm(double value) {
    shortTerm = value;
  }
}
