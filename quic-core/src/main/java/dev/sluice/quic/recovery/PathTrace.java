package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.util.Locale;

/**
 * What those who watch were told of a path last, so that they hear of what has changed since:
 * congestion, ECN and the size of datagrams.
 */
final class PathTrace {
  private final PathRecovery path;
  private final Tracer tracer;
  private String phase;
  private EcnValidation.State ecn = EcnValidation.State.TESTING;
  private int mtu;
  private boolean searched;

  /** Says what the path begins with. */
  PathTrace(PathRecovery path, long initialRtt, Tracer tracer, long now) {
    this.path = path;
    this.tracer = tracer;
    this.mtu = path.maxDatagramSize();
    tracer.on(
        now,
        new TraceEvent.RecoveryParameters(
            path.number(),
            path.congestion().name(),
            Recovery.PACKET_THRESHOLD,
            RttEstimator.TIME_THRESHOLD,
            RttEstimator.GRANULARITY,
            initialRtt,
            mtu,
            CongestionController.initialWindow(mtu),
            CongestionController.minimumWindow(mtu),
            PathRecovery.PERSISTENT_CONGESTION_THRESHOLD));
  }

  /**
   * Says what is not as it was.
   *
   * @param trigger what has happened to the congestion window last; null for nothing in particular
   */
  void tellChanges(String trigger, long now) {
    String phaseNow = path.phase();
    if (!phaseNow.equals(phase)) {
      tracer.on(
          now, new TraceEvent.CongestionStateUpdated(path.number(), phase, phaseNow, trigger));
      phase = phaseNow;
    }
    EcnValidation.State ecnNow = path.ecn().state();
    if (ecnNow != ecn) {
      tracer.on(now, new TraceEvent.EcnStateUpdated(path.number(), lower(ecn), lower(ecnNow)));
      ecn = ecnNow;
    }
    int mtuNow = path.maxDatagramSize();
    boolean searchedNow = path.mtu().state() == MtuDiscovery.State.SEARCH_COMPLETE;
    if (mtuNow != mtu || searchedNow && !searched) {
      tracer.on(now, new TraceEvent.MtuUpdated(path.number(), mtu, mtuNow, searchedNow));
      mtu = mtuNow;
    }
    searched = searchedNow;
  }

  private static String lower(EcnValidation.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
