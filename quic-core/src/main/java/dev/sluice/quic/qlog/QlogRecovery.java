package dev.sluice.quic.qlog;

import dev.sluice.quic.trace.TraceEvent;
import java.util.Locale;

/** Loss recovery and congestion as qlog describes them (QUIC events §5.21, §7). */
final class QlogRecovery {
  private QlogRecovery() {}

  static void parameters(TraceEvent.RecoveryParameters event, JsonText json) {
    json.name("reordering_threshold").value(event.reorderingThreshold());
    json.name("time_threshold").value(event.timeThreshold());
    json.name("timer_granularity").value(event.granularity() / 1_000_000);
    json.name("initial_rtt").millis(event.initialRtt());
    json.name("max_datagram_size").value(event.maxDatagramSize());
    json.name("initial_congestion_window").value(event.initialWindow());
    json.name("minimum_congestion_window").value(event.minimumWindow());
    json.name("persistent_congestion_threshold").value(event.persistentCongestionThreshold());
  }

  static void metrics(TraceEvent.RecoveryMetrics event, JsonText json) {
    json.name("min_rtt").millis(event.minRtt());
    json.name("smoothed_rtt").millis(event.smoothedRtt());
    json.name("latest_rtt").millis(event.latestRtt());
    json.name("rtt_variance").millis(event.rttVariation());
    json.name("pto_count").value(event.ptoCount());
    json.name("congestion_window").value(event.congestionWindow());
    json.name("bytes_in_flight").value(event.bytesInFlight());
    if (event.slowStartThreshold() != Long.MAX_VALUE) {
      json.name("ssthresh").value(event.slowStartThreshold());
    }
    json.name("pacing_rate").value(bits(event.pacingRate()));
  }

  private static long bits(long bytes) {
    return bytes > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : bytes * 8;
  }

  static void congestion(TraceEvent.CongestionStateUpdated event, JsonText json) {
    change(event.before(), event.now(), json);
    if (event.trigger() != null) {
      json.name("trigger").value(event.trigger());
    }
  }

  static void ecn(TraceEvent.EcnStateUpdated event, JsonText json) {
    change(event.before(), event.now(), json);
  }

  private static void change(String before, String now, JsonText json) {
    if (before != null) {
      json.name("old").value(before);
    }
    json.name("new").value(now);
  }

  static void timer(TraceEvent.TimerUpdated event, JsonText json) {
    json.name("timer_type").value("loss_timeout");
    if (event.space() != null) {
      json.name("packet_number_space").value(QlogPackets.space(event.space()));
    }
    json.name("event_type").value(event.state().name().toLowerCase(Locale.ROOT));
    if (event.state() == TraceEvent.TimerState.SET) {
      json.name("delta").millis(event.delta());
    }
  }
}
