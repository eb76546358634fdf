package dev.sluice.quic.congestion;

/**
 * What BBR takes back when packets declared lost were only late (draft-ietf-ccwg-bbr-06 §5.5.11).
 */
final class BbrUndo {
  private final Bbr bbr;
  private final LossEpisode episode = new LossEpisode();
  private boolean forbidden;

  /** BBR.undo_state: what the losses made BBR leave; null for nothing. */
  private BbrState left;

  private double shortTermBandwidth;
  private long shortTermInflight;
  private long longTermInflight;

  BbrUndo(Bbr bbr) {
    this.bbr = bbr;
  }

  /** SaveStateUponLoss, before the first loss of a round has its effect. */
  void save() {
    episode.begin();
    forbidden = false;
    left = null;
    shortTermBandwidth = bbr.bandwidth.shortTerm();
    shortTermInflight = bbr.inflight.shortTerm();
    longTermInflight = bbr.inflight.longTerm();
  }

  void onLost(SentPacket packet) {
    episode.onLost(packet, true);
  }

  /** Something else than losses was the reason, too. */
  void forbid() {
    forbidden = true;
  }

  /** Losses end a state. */
  void from(BbrState state) {
    left = state;
  }

  /**
   * A lost packet was late.
   *
   * @return whether that undid what the losses had done
   */
  boolean onLate(SentPacket packet) {
    if (!episode.onLate(packet) || forbidden) {
      return false;
    }
    restore();
    return true;
  }

  /** HandleSpuriousLossDetection. */
  private void restore() {
    bbr.restoreWindow();
    bbr.lossRound.clearLosses();
    bbr.fullPipe.restart(0);
    bbr.bandwidth.setShortTerm(Math.max(bbr.bandwidth.shortTerm(), shortTermBandwidth));
    bbr.inflight.setShortTerm(Math.max(bbr.inflight.shortTerm(), shortTermInflight));
    bbr.inflight.setLongTerm(Math.max(bbr.inflight.longTerm(), longTermInflight));
    BbrState now = bbr.state();
    if (left == BbrState.STARTUP && now != BbrState.STARTUP) {
      bbr.fullPipe.setReached(false);
      if (now != BbrState.PROBE_RTT) {
        bbr.state(BbrState.STARTUP);
      }
    } else if (left == BbrState.PROBE_BW_UP
        && now != BbrState.PROBE_BW_UP
        && now != BbrState.PROBE_RTT) {
      bbr.cycle().startRefill();
    }
    left = null;
  }
}
