package dev.sluice.quic.congestion;

/**
 * Where a BBR flow is in its cycle, and how it sends there (draft-ietf-ccwg-bbr-06 §5.1.1, §5.6.1).
 */
enum BbrState {
  /** Doubles its rate each round until the pipe is full. */
  STARTUP(2.77, 2),
  /** Sends slowly until the queue that Startup built is gone. */
  DRAIN(0.5, 2),
  /** Sends a little slower than the path delivers, so that others find room. */
  PROBE_BW_DOWN(0.9, 2),
  /** Sends as fast as the path delivers. */
  PROBE_BW_CRUISE(1, 2),
  /** Fills the pipe, but not the queue, for the probe that follows. */
  PROBE_BW_REFILL(1, 2),
  /** Sends faster than the path delivers, to see whether it could. */
  PROBE_BW_UP(1.25, 2.25),
  /** Has little in flight for a moment, to see the round-trip time without a queue. */
  PROBE_RTT(1, 0.5);

  /** How much faster than the estimated bandwidth packets leave. */
  final double pacingGain;

  /** How many bandwidth-delay products may be in flight. */
  final double windowGain;

  BbrState(double pacingGain, double windowGain) {
    this.pacingGain = pacingGain;
    this.windowGain = windowGain;
  }

  /** IsInAProbeBWState (§5.3.3.9). */
  boolean isProbeBw() {
    return this == PROBE_BW_DOWN
        || this == PROBE_BW_CRUISE
        || this == PROBE_BW_REFILL
        || this == PROBE_BW_UP;
  }

  /** IsProbingBW: looks for more bandwidth, and takes loss as the answer (§5.3.3.9). */
  boolean isAccelerating() {
    return this == STARTUP || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
  }
}
