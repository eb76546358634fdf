package dev.sluice.quic.recovery;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.TimerState;
import dev.sluice.quic.trace.Tracer;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells those who watch what {@link Recovery} finds out of packets, and what it waits for. Where
 * nobody watches each method is one question and no more.
 */
final class RecoveryTrace {
  private final Tracer tracer;
  private List<Long> acked = List.of();
  private int ackedPath;
  private long timer = SpaceRecovery.NEVER;

  RecoveryTrace(Tracer tracer) {
    this.tracer = tracer;
  }

  /** A packet is acknowledged for the first time; told with others of its kind. */
  void onAcked(SpaceRecovery space, long packet, long now) {
    if (!tracer.wantsPackets()) {
      return;
    }
    int path = space.sent.path(packet).number();
    if (path != ackedPath) {
      flushAcked(space, now);
      ackedPath = path;
    }
    if (acked.isEmpty()) {
      acked = new ArrayList<>();
    }
    acked.add(packet);
  }

  /** The ACK frame is read to its end. */
  void flushAcked(SpaceRecovery space, long now) {
    if (!acked.isEmpty()) {
      tracer.on(now, new TraceEvent.PacketsAcked(type(space), ackedPath, acked));
      acked = List.of();
    }
  }

  /** A packet is lost, while its details can still be read. */
  void onLost(SpaceRecovery space, long packet, boolean late, long now) {
    if (tracer.isEnabled()) {
      SentPackets sent = space.sent;
      // Other probes ask whether a path carries the smallest size, not whether it does a larger
      // one.
      boolean probe = sent.isProbe(packet) && sent.size(packet) > MtuDiscovery.BASE;
      int path = sent.path(packet).number();
      tracer.on(now, new TraceEvent.PacketLost(type(space), packet, path, late, probe));
    }
  }

  /** Everything that an ACK frame or the timer says of a path has been worked in. */
  void onUpdated(PathRecovery path, int ptoCount, long now) {
    if (tracer.isEnabled()) {
      RttEstimator rtt = path.rtt();
      tracer.on(
          now,
          new TraceEvent.RecoveryMetrics(
              path.number(),
              rtt.smoothed(),
              rtt.latest(),
              rtt.isSampled() ? rtt.min() : 0,
              rtt.variation(),
              ptoCount,
              path.congestion().window(),
              path.bytesInFlight(),
              path.congestion().slowStartThreshold(),
              (long) path.pacingRate()));
    }
  }

  /** Something happened that may have set the timer to another time. */
  void onTimer(ProbeTimer owner, long now) {
    if (!tracer.wantsPackets()) {
      return;
    }
    long deadline = owner.deadline();
    if (deadline == timer) {
      return;
    }
    timer = deadline;
    if (deadline == SpaceRecovery.NEVER) {
      tracer.on(now, new TraceEvent.TimerUpdated(TimerState.CANCELLED, true, null, 0));
    } else {
      tellTimer(owner, TimerState.SET, Math.max(0, deadline - now), now);
    }
  }

  /** The timer is due. */
  void onExpired(ProbeTimer owner, long now) {
    if (tracer.wantsPackets()) {
      timer = SpaceRecovery.NEVER;
      tellTimer(owner, TimerState.EXPIRED, 0, now);
    }
  }

  private void tellTimer(ProbeTimer owner, TimerState state, long delta, long now) {
    SpaceRecovery loss = owner.lossSpace();
    SpaceRecovery space = loss != null ? loss : owner.probeSpace();
    tracer.on(now, new TraceEvent.TimerUpdated(state, loss == null, type(space), delta));
  }

  private static PacketType type(SpaceRecovery space) {
    return switch (space.id) {
      case INITIAL -> PacketType.INITIAL;
      case HANDSHAKE -> PacketType.HANDSHAKE;
      case APPLICATION -> PacketType.ONE_RTT;
    };
  }
}
