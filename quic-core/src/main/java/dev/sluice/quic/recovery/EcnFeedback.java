package dev.sluice.quic.recovery;

import dev.sluice.quic.frame.EcnCounts;

/**
 * What the peer has reported of ECN marks in one packet number space, against what was sent in it
 * (RFC 9000 §13.4.2.1). The counts are of the space, not of a path; what a frame tells goes to the
 * paths of the packets that it newly acknowledges.
 */
final class EcnFeedback {
  private static final EcnCounts NONE = new EcnCounts(0, 0, 0);

  private EcnCounts seen = NONE;
  private long sent;

  /** A packet marked ECT(0) leaves. */
  void onSent() {
    sent++;
  }

  /**
   * Compares the counts of an ACK frame that raises the largest acknowledged number with those
   * before.
   *
   * @param counts null when the frame has none
   * @param marked newly acknowledged packets that were sent with ECT(0)
   * @return by how much the count of ECN-CE has grown; -1 when the counts cannot be true
   */
  long onCounts(EcnCounts counts, long marked) {
    if (counts == null) {
      return marked == 0 ? 0 : -1;
    }
    long ect0 = counts.ect0() - seen.ect0();
    long ce = counts.ce() - seen.ce();
    boolean grows = ect0 >= 0 && ce >= 0 && ect0 + ce >= marked;
    // ECT(1) is never sent, and every mark that is counted was sent once.
    boolean wasSent = counts.ect1() == 0 && counts.ect0() <= sent && counts.ce() <= sent;
    if (!grows || !wasSent) {
      return -1;
    }
    seen = counts;
    return ce;
  }
}
