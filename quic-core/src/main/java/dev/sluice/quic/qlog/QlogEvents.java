package dev.sluice.quic.qlog;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Locale;

/** Trace events as qlog describes them (QUIC events §4 to §7): a name and data each. */
final class QlogEvents {
  /** The ack_delay_exponent as long as a side has not said another (RFC 9000 §18.2). */
  private static final int DEFAULT_EXPONENT = 3;

  private boolean client;
  private int localExponent = DEFAULT_EXPONENT;
  private int peerExponent = DEFAULT_EXPONENT;

  /** {@code namespace:name} of an event. */
  static String name(TraceEvent event) {
    return switch (event) {
      case TraceEvent.ConnectionStarted e -> "quic:connection_started";
      case TraceEvent.PacketSent e -> "quic:packet_sent";
      case TraceEvent.PacketReceived e -> "quic:packet_received";
      case TraceEvent.PacketDropped e -> "quic:packet_dropped";
      case TraceEvent.PacketBuffered e -> "quic:packet_buffered";
      case TraceEvent.PacketLost e -> "quic:packet_lost";
      case TraceEvent.VersionChosen e -> "quic:version_information";
      case TraceEvent.ProtocolChosen e -> "quic:alpn_information";
      case TraceEvent.ParametersSet e -> "quic:parameters_set";
      case TraceEvent.StreamStateUpdated e -> "quic:stream_state_updated";
      case TraceEvent.ConnectionStateUpdated e -> "quic:connection_state_updated";
      case TraceEvent.KeyUpdated e -> "quic:key_updated";
      case TraceEvent.KeyDiscarded e -> "quic:key_discarded";
      case TraceEvent.RecoveryMetrics e -> "quic:recovery_metrics_updated";
      case TraceEvent.MtuUpdated e -> "quic:mtu_updated";
      case TraceEvent.PathChanged e -> "quic:tuple_assigned";
      case TraceEvent.ConnectionEnded e -> "quic:connection_closed";
      case TraceEvent.ApplicationEvent e -> e.name();
    };
  }

  /** Writes an event's data, and remembers what later events need of it. */
  void write(TraceEvent event, JsonText json) {
    if (event instanceof TraceEvent.ApplicationEvent above) {
      json.any(above.data());
      return;
    }
    json.beginObject();
    switch (event) {
      case TraceEvent.ConnectionStarted e -> started(e, json);
      case TraceEvent.PacketSent e -> {
        header(e.type(), e.packetNumber(), json);
        json.name("raw").beginObject().name("length").value(e.bytes()).endObject();
        json.name("frames");
        new QlogFrames(json, localExponent).write(e.frames());
      }
      case TraceEvent.PacketReceived e -> {
        header(e.type(), e.packetNumber(), json);
        json.name("raw").beginObject().name("payload_length").value(e.bytes()).endObject();
        json.name("frames");
        new QlogFrames(json, peerExponent).write(e.frames());
      }
      case TraceEvent.PacketDropped e -> dropped(e, json);
      case TraceEvent.PacketBuffered e -> {
        json.name("raw").beginObject().name("length").value(e.bytes()).endObject();
        json.name("trigger").value("keys_unavailable");
      }
      case TraceEvent.PacketLost e -> header(e.type(), e.packetNumber(), json);
      case TraceEvent.VersionChosen e ->
          json.name("chosen_version").value(HexFormat.of().toHexDigits(e.version()));
      case TraceEvent.ProtocolChosen e ->
          json.name("chosen_alpn")
              .beginObject()
              .name("string_value")
              .value(e.protocol())
              .endObject();
      case TraceEvent.ParametersSet e -> parameters(e, json);
      case TraceEvent.StreamStateUpdated e -> stream(e, json);
      case TraceEvent.ConnectionStateUpdated e -> json.name("new").value(lower(e.state()));
      case TraceEvent.KeyUpdated e -> {
        json.name("key_type").value(keyType(e.type(), e.send()));
        json.name("key_phase").value(e.phase());
        json.name("trigger").value(e.phase() == 0 ? "tls" : "local_update");
      }
      case TraceEvent.KeyDiscarded e -> json.name("key_type").value(keyType(e.type(), true));
      case TraceEvent.RecoveryMetrics e -> metrics(e, json);
      case TraceEvent.MtuUpdated e -> {
        json.name("old").value(e.before());
        json.name("new").value(e.now());
      }
      case TraceEvent.PathChanged e -> {
        json.name("tuple_id").value("");
        json.name("tuple_remote");
        endpoint(e.to(), json);
      }
      case TraceEvent.ConnectionEnded e -> ended(e.ending(), json);
      case TraceEvent.ApplicationEvent e -> throw new AssertionError(e);
    }
    json.endObject();
  }

  private void started(TraceEvent.ConnectionStarted event, JsonText json) {
    client = event.client();
    json.name("local");
    endpoint(event.local(), json);
    json.name("remote");
    endpoint(event.remote(), json);
  }

  private static void endpoint(InetSocketAddress address, JsonText json) {
    json.beginObject();
    if (address != null && address.getAddress() != null) {
      String family = address.getAddress() instanceof Inet4Address ? "v4" : "v6";
      json.name("ip_" + family).value(address.getAddress().getHostAddress());
      json.name("port_" + family).value(address.getPort());
    }
    json.endObject();
  }

  private static void header(PacketType type, long number, JsonText json) {
    json.name("header").beginObject();
    json.name("packet_type").value(packetType(type));
    json.name("packet_number").value(number);
    json.endObject();
  }

  private static String packetType(PacketType type) {
    return switch (type) {
      case INITIAL -> "initial";
      case ZERO_RTT -> "0RTT";
      case HANDSHAKE -> "handshake";
      case RETRY -> "retry";
      case VERSION_NEGOTIATION -> "version_negotiation";
      case ONE_RTT -> "1RTT";
    };
  }

  private String keyType(PacketType type, boolean send) {
    String level =
        switch (type) {
          case INITIAL -> "initial";
          case HANDSHAKE -> "handshake";
          case ZERO_RTT -> "0rtt";
          default -> "1rtt";
        };
    return (client == send ? "client_" : "server_") + level + "_secret";
  }

  private void parameters(TraceEvent.ParametersSet event, JsonText json) {
    json.name("initiator").value(event.local() ? "local" : "remote");
    event.values().forEach((name, value) -> json.name(name).any(value));
    if (event.values().get("ack_delay_exponent") instanceof Number exponent) {
      if (event.local()) {
        localExponent = exponent.intValue();
      } else {
        peerExponent = exponent.intValue();
      }
    }
  }

  private static void stream(TraceEvent.StreamStateUpdated event, JsonText json) {
    json.name("stream_id").value(event.streamId());
    json.name("stream_type")
        .value((event.streamId() & 2) == 0 ? "bidirectional" : "unidirectional");
    json.name("old").value(event.open() ? "idle" : "open");
    json.name("new").value(event.open() ? "open" : "closed");
    json.name("stream_side").value("sending");
  }

  private static void metrics(TraceEvent.RecoveryMetrics event, JsonText json) {
    json.name("min_rtt").millis(event.minRtt());
    json.name("smoothed_rtt").millis(event.smoothedRtt());
    json.name("latest_rtt").millis(event.latestRtt());
    json.name("congestion_window").value(event.congestionWindow());
    json.name("bytes_in_flight").value(event.bytesInFlight());
  }

  private static void dropped(TraceEvent.PacketDropped event, JsonText json) {
    json.name("raw").beginObject().name("length").value(event.bytes()).endObject();
    json.name("details").beginObject().name("reason").value(event.reason()).endObject();
    json.name("trigger").value(trigger(event.reason()));
  }

  private static String trigger(String reason) {
    return switch (reason) {
      case String r when r.contains("duplicate") -> "duplicate";
      case String r when r.contains("keys") -> "key_unavailable";
      case String r when r.contains("authentic") -> "decryption_failure";
      default -> "general";
    };
  }

  private static void ended(ConnectionEnding ending, JsonText json) {
    switch (ending) {
      case ConnectionEnding.TransportClose e -> {
        initiator(e.by(), json);
        json.name("connection_error").value(QlogFrames.transportError(e.code()));
        json.name("error_code").value(e.code());
        json.name("reason").value(e.reason());
        json.name("trigger").value(e.code() == 0 ? "unspecified" : "error");
      }
      case ConnectionEnding.ApplicationClose e -> {
        initiator(e.by(), json);
        json.name("application_error").value("unknown");
        json.name("error_code").value(e.code());
        json.name("reason").value(e.reason());
        json.name("trigger").value("application");
      }
      case ConnectionEnding.IdleTimeout e -> json.name("trigger").value("idle_timeout");
      case ConnectionEnding.HandshakeTimeout e -> {
        json.name("reason").value("the handshake took too long");
        json.name("trigger").value("aborted");
      }
      case ConnectionEnding.StatelessReset e -> json.name("trigger").value("stateless_reset");
      case ConnectionEnding.VersionMismatch e -> json.name("trigger").value("version_mismatch");
      case ConnectionEnding.Unreachable e -> {
        json.name("reason").value(e.reason());
        json.name("trigger").value("aborted");
      }
    }
  }

  private static void initiator(Side side, JsonText json) {
    json.name("initiator").value(side == Side.LOCAL ? "local" : "remote");
  }

  private static String lower(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
