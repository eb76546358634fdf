package dev.sluice.quic.congestion;

/**
 * BBR's look at the round-trip time without a queue (draft-ietf-ccwg-bbr-06 §5.3.4): when five
 * seconds brought no lower sample, it halves what is in flight for 200 ms. All BBR flows of a
 * bottleneck come to do so together.
 */
final class BbrProbeRtt {
  /** BBR.ProbeRTTDuration. */
  private static final long DURATION = 200_000_000;

  private final Bbr bbr;
  private boolean timed;
  private long doneStamp;
  private boolean roundDone;

  BbrProbeRtt(Bbr bbr) {
    this.bbr = bbr;
  }

  /** CheckProbeRTT (§5.3.4.3). */
  void onAck(long now, boolean idleRestart) {
    if (bbr.state() != BbrState.PROBE_RTT && bbr.minRtt.isProbeDue() && !idleRestart) {
      bbr.state(BbrState.PROBE_RTT);
      bbr.saveWindow();
      timed = false;
      bbr.cycle().stopFeedback();
      bbr.rounds.begin(bbr.delivery.delivered());
    }
    if (bbr.state() == BbrState.PROBE_RTT) {
      handle(now);
    }
  }

  private void handle(long now) {
    bbr.delivery.onApplicationLimited(bbr.bytesInFlight()); // low rates on purpose say nothing
    if (!timed && bbr.bytesInFlight() <= window()) {
      timed = true;
      doneStamp = now + DURATION;
      roundDone = false;
      bbr.rounds.begin(bbr.delivery.delivered());
    } else if (timed) {
      roundDone |= bbr.rounds.isStart();
      if (roundDone) {
        checkDone(now);
      }
    }
  }

  /** CheckProbeRTTDone, also when sending goes on after it stopped within a probe. */
  void checkDone(long now) {
    if (!timed || now <= doneStamp) {
      return;
    }
    timed = false;
    bbr.minRtt.onProbed(now);
    bbr.restoreWindow();
    bbr.cycle().resetShortTerm();
    if (bbr.fullPipe.isReached()) {
      bbr.cycle().startDown(now);
      bbr.cycle().startCruise(); // there is no queue of ours to drain (§5.3.4.4)
    } else {
      bbr.state(BbrState.STARTUP);
    }
  }

  /** ProbeRTTCwnd (§5.6.4.5). */
  long window() {
    return Math.max((long) bbr.bandwidthDelay(BbrState.PROBE_RTT.windowGain), bbr.minPipe());
  }
}
