package dev.sluice.quic.qlog;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.wire.ConnectionId;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Locale;

/** How a connection begins, moves and ends, as qlog describes it (QUIC events §4, §5.20). */
final class QlogConnectivity {
  private final ApplicationErrors errors;
  private TraceEvent.ConnectionState state;

  QlogConnectivity(ApplicationErrors errors) {
    this.errors = errors;
  }

  static void started(TraceEvent.ConnectionStarted event, JsonText json) {
    json.name("local");
    endpoint(event.local(), null, json);
    json.name("remote");
    endpoint(event.remote(), null, json);
  }

  static void listening(TraceEvent.ServerListening event, JsonText json) {
    address(event.local(), json);
    json.name("retry_required").value(event.retry());
  }

  private static void address(InetSocketAddress address, JsonText json) {
    if (address != null && address.getAddress() != null) {
      String family = address.getAddress() instanceof Inet4Address ? "v4" : "v6";
      json.name("ip_" + family).value(address.getAddress().getHostAddress());
      json.name("port_" + family).value(address.getPort());
    }
  }

  private static void endpoint(InetSocketAddress address, ConnectionId id, JsonText json) {
    json.beginObject();
    address(address, json);
    if (id != null) {
      json.name("connection_ids").beginArray().hex(id.toArray()).endArray();
    }
    json.endObject();
  }

  void state(TraceEvent.ConnectionStateUpdated event, JsonText json) {
    if (state != null) {
      json.name("old").value(lower(state));
    }
    state = event.state();
    json.name("new").value(lower(state));
  }

  static void id(TraceEvent.ConnectionIdUpdated event, JsonText json) {
    // Seen from whoever takes the ID into use: the peer's come from the peer (§4.4).
    json.name("initiator").value(event.local() ? "local" : "remote");
    json.name("old").hex(event.before().toArray());
    json.name("new").hex(event.now().toArray());
  }

  /** The tuple ID of a path: that of the first is the default (§4.7). */
  static String tuple(int path) {
    return path == 0 ? "" : Integer.toString(path);
  }

  static void assigned(TraceEvent.PathAssigned event, JsonText json) {
    json.name("tuple_id").value(tuple(event.path()));
    json.name("tuple_remote");
    endpoint(event.remote(), event.peers(), json);
    json.name("tuple_local");
    endpoint(event.local(), event.own(), json);
  }

  static void abandoned(TraceEvent.PathAbandoned event, JsonText json) {
    json.name("tuple_id").value(tuple(event.path()));
  }

  static void migration(TraceEvent.MigrationUpdated event, JsonText json) {
    json.name("new").value(lower(event.state()));
    json.name("tuple_id").value(tuple(event.path()));
    json.name("tuple_remote");
    endpoint(event.remote(), null, json);
    json.name("tuple_local");
    endpoint(event.local(), null, json);
  }

  static void mtu(TraceEvent.MtuUpdated event, JsonText json) {
    json.name("old").value(event.before());
    json.name("new").value(event.now());
    json.name("done").value(event.done());
  }

  void ended(ConnectionEnding ending, JsonText json) {
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
        json.name("application_error").value(errors.name(e.code()));
        json.name("error_code").value(e.code());
        json.name("reason").value(e.reason());
        json.name("trigger").value("application");
      }
      case ConnectionEnding.IdleTimeout e -> json.name("trigger").value("idle_timeout");
      case ConnectionEnding.HandshakeTimeout e -> {
        json.name("reason").value("the handshake took too long");
        json.name("trigger").value("aborted");
      }
      case ConnectionEnding.StatelessReset e -> {
        initiator(Side.PEER, json);
        json.name("trigger").value("stateless_reset");
      }
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

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
