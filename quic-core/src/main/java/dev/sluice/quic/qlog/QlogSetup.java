package dev.sluice.quic.qlog;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What both sides agree on, and their keys, as qlog describes it (QUIC events §5.1 to §5.4, §6).
 */
final class QlogSetup {
  /** What is restored and has no place in the schema's list (§5.4). */
  private static final Set<String> NOT_RESTORED =
      Set.of("ack_delay_exponent", "max_ack_delay", "reset_stream_at", "unknown_parameters");

  private QlogSetup() {}

  static void version(TraceEvent.VersionChosen event, JsonText json) {
    versions("server_versions", event.server(), json);
    versions("client_versions", event.client(), json);
    json.name("chosen_version").value(QlogPackets.version(event.version()));
  }

  private static void versions(String name, List<Integer> versions, JsonText json) {
    if (!versions.isEmpty()) {
      json.name(name).beginArray();
      versions.forEach(version -> json.value(QlogPackets.version(version)));
      json.endArray();
    }
  }

  static void protocol(TraceEvent.ProtocolChosen event, JsonText json) {
    json.name("chosen_alpn").beginObject();
    json.name("string_value").value(event.protocol()).endObject();
  }

  static void parameters(TraceEvent.ParametersSet event, JsonText json) {
    json.name("initiator").value(event.local() ? "local" : "remote");
    event.values().forEach((name, value) -> json.name(name).any(value));
  }

  static void restored(TraceEvent.ParametersRestored event, JsonText json) {
    event
        .values()
        .forEach(
            (name, value) -> {
              if (!NOT_RESTORED.contains(name)) {
                json.name(name).any(value);
              }
            });
  }

  static void tls(TraceEvent.TlsNegotiated event, JsonText json) {
    json.name("tls_cipher").value(event.cipher());
    json.name("resumption_allowed").value(event.resumed());
    json.name("early_data_enabled").value(event.earlyData());
  }

  static void keyUpdated(TraceEvent.KeyUpdated event, boolean client, JsonText json) {
    key(event.type(), event.send() == client, event.phase(), event.trigger(), json);
  }

  static void keyDiscarded(TraceEvent.KeyDiscarded event, boolean client, JsonText json) {
    key(event.type(), event.send() == client, event.phase(), event.trigger(), json);
  }

  private static void key(
      PacketType type, boolean ofClient, long phase, TraceEvent.KeyTrigger trigger, JsonText json) {
    String level =
        switch (type) {
          case INITIAL -> "initial";
          case HANDSHAKE -> "handshake";
          case ZERO_RTT -> "0rtt";
          default -> "1rtt";
        };
    json.name("key_type").value((ofClient ? "client_" : "server_") + level + "_secret");
    if (type == PacketType.ONE_RTT) {
      json.name("key_phase").value(phase);
    }
    json.name("trigger").value(trigger.name().toLowerCase(Locale.ROOT));
  }
}
