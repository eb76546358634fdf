package dev.sluice.quic.qlog;

import dev.sluice.quic.trace.TraceEvent;

/**
 * Trace events as qlog describes them (QUIC events §4 to §7): a name and data each. This class
 * knows which is which; what the data are is for the classes to say that it hands them to.
 */
final class QlogEvents {
  private final ApplicationErrors errors = new ApplicationErrors();
  private final QlogPackets packets = new QlogPackets(errors);
  private final QlogConnectivity connectivity = new QlogConnectivity(errors);
  private boolean client;

  /** {@code namespace:name} of an event. */
  static String name(TraceEvent event) {
    return switch (event) {
      case TraceEvent.ConnectionStarted e -> "quic:connection_started";
      case TraceEvent.ConnectionStateUpdated e -> "quic:connection_state_updated";
      case TraceEvent.ConnectionEnded e -> "quic:connection_closed";
      case TraceEvent.ConnectionIdUpdated e -> "quic:connection_id_updated";
      case TraceEvent.PathAssigned e -> "quic:tuple_assigned";
      case TraceEvent.PathAbandoned e -> "quic:tuple_assigned";
      case TraceEvent.MigrationUpdated e -> "quic:migration_state_updated";
      case TraceEvent.MtuUpdated e -> "quic:mtu_updated";
      case TraceEvent.VersionChosen e -> "quic:version_information";
      case TraceEvent.ProtocolChosen e -> "quic:alpn_information";
      case TraceEvent.ParametersSet e -> "quic:parameters_set";
      case TraceEvent.ParametersRestored e -> "quic:parameters_restored";
      case TraceEvent.TlsNegotiated e -> "quic:parameters_set";
      case TraceEvent.KeyUpdated e -> "quic:key_updated";
      case TraceEvent.KeyDiscarded e -> "quic:key_discarded";
      case TraceEvent.PacketSent e -> "quic:packet_sent";
      case TraceEvent.PacketReceived e -> "quic:packet_received";
      case TraceEvent.VersionNegotiationReceived e -> "quic:packet_received";
      case TraceEvent.PacketDropped e -> "quic:packet_dropped";
      case TraceEvent.PacketBuffered e -> "quic:packet_buffered";
      case TraceEvent.DatagramSent e -> "quic:udp_datagrams_sent";
      case TraceEvent.DatagramReceived e -> "quic:udp_datagrams_received";
      case TraceEvent.DatagramDropped e -> "quic:udp_datagram_dropped";
      case TraceEvent.StreamStateUpdated e -> "quic:stream_state_updated";
      case TraceEvent.StreamDataMoved e -> "quic:stream_data_moved";
      case TraceEvent.DatagramDataMoved e -> "quic:datagram_data_moved";
      case TraceEvent.ServerListening e -> "quic:server_listening";
      case TraceEvent.VersionNegotiationSent e -> "quic:packet_sent";
      case TraceEvent.StatelessResetSent e -> "quic:packet_sent";
      case TraceEvent.PacketsAcked e -> "quic:packets_acked";
      case TraceEvent.PacketLost e -> "quic:packet_lost";
      case TraceEvent.RecoveryParameters e -> "quic:recovery_parameters_set";
      case TraceEvent.RecoveryMetrics e -> "quic:recovery_metrics_updated";
      case TraceEvent.CongestionStateUpdated e -> "quic:congestion_state_updated";
      case TraceEvent.EcnStateUpdated e -> "quic:ecn_state_updated";
      case TraceEvent.TimerUpdated e -> "quic:timer_updated";
      case TraceEvent.ApplicationEvent e -> e.name();
    };
  }

  /** How many records tell of an event: qlog has one for each direction of a stream (§5.13). */
  static int records(TraceEvent event) {
    return event instanceof TraceEvent.StreamStateUpdated stream && isBidirectional(stream) ? 2 : 1;
  }

  /**
   * Writes an event's data, and remembers what later events need of it.
   *
   * @param record which of its {@link #records}, from 0
   */
  void write(TraceEvent event, int record, JsonText json) {
    if (event instanceof TraceEvent.ApplicationEvent above) {
      json.any(above.data());
      return;
    }
    json.beginObject();
    switch (event) {
      case TraceEvent.ConnectionStarted e -> {
        client = e.client();
        QlogConnectivity.started(e, json);
      }
      case TraceEvent.ConnectionStateUpdated e -> connectivity.state(e, json);
      case TraceEvent.ConnectionEnded e -> connectivity.ended(e.ending(), json);
      case TraceEvent.ConnectionIdUpdated e -> QlogConnectivity.id(e, json);
      case TraceEvent.PathAssigned e -> QlogConnectivity.assigned(e, json);
      case TraceEvent.PathAbandoned e -> QlogConnectivity.abandoned(e, json);
      case TraceEvent.MigrationUpdated e -> QlogConnectivity.migration(e, json);
      case TraceEvent.MtuUpdated e -> QlogConnectivity.mtu(e, json);
      case TraceEvent.VersionChosen e -> QlogSetup.version(e, json);
      case TraceEvent.ProtocolChosen e -> {
        errors.protocol(e.protocol());
        QlogSetup.protocol(e, json);
      }
      case TraceEvent.ParametersSet e -> {
        if (e.values().get("ack_delay_exponent") instanceof Number exponent) {
          packets.ackDelayExponent(e.local(), exponent.intValue());
        }
        QlogSetup.parameters(e, json);
      }
      case TraceEvent.ParametersRestored e -> QlogSetup.restored(e, json);
      case TraceEvent.TlsNegotiated e -> QlogSetup.tls(e, json);
      case TraceEvent.KeyUpdated e -> QlogSetup.keyUpdated(e, client, json);
      case TraceEvent.KeyDiscarded e -> QlogSetup.keyDiscarded(e, client, json);
      case TraceEvent.PacketSent e -> packets.sent(e, json);
      case TraceEvent.PacketReceived e -> packets.received(e, json);
      case TraceEvent.VersionNegotiationReceived e -> QlogPackets.versionNegotiation(e, json);
      case TraceEvent.PacketDropped e -> QlogPackets.dropped(e, json);
      case TraceEvent.PacketBuffered e -> QlogPackets.buffered(e, json);
      case TraceEvent.DatagramSent e -> QlogPackets.datagram(e.bytes(), e.ecn(), json);
      case TraceEvent.DatagramReceived e -> QlogPackets.datagram(e.bytes(), e.ecn(), json);
      case TraceEvent.DatagramDropped e -> QlogPackets.datagramDropped(e, json);
      case TraceEvent.StreamStateUpdated e -> stream(e, record, json);
      case TraceEvent.StreamDataMoved e -> streamData(e, json);
      case TraceEvent.DatagramDataMoved e -> moved(e.toApplication(), e.bytes(), json);
      case TraceEvent.ServerListening e -> QlogConnectivity.listening(e, json);
      case TraceEvent.VersionNegotiationSent e -> QlogPackets.versionNegotiation(e, json);
      case TraceEvent.StatelessResetSent e -> QlogPackets.statelessReset(e, json);
      case TraceEvent.PacketsAcked e -> QlogPackets.acked(e, json);
      case TraceEvent.PacketLost e -> QlogPackets.lost(e, json);
      case TraceEvent.RecoveryParameters e -> QlogRecovery.parameters(e, json);
      case TraceEvent.RecoveryMetrics e -> QlogRecovery.metrics(e, json);
      case TraceEvent.CongestionStateUpdated e -> QlogRecovery.congestion(e, json);
      case TraceEvent.EcnStateUpdated e -> QlogRecovery.ecn(e, json);
      case TraceEvent.TimerUpdated e -> QlogRecovery.timer(e, json);
      case TraceEvent.ApplicationEvent e -> throw new AssertionError(e);
    }
    json.endObject();
  }

  private static boolean isBidirectional(TraceEvent.StreamStateUpdated stream) {
    return (stream.streamId() & 2) == 0;
  }

  private static void streamData(TraceEvent.StreamDataMoved event, JsonText json) {
    json.name("stream_id").value(event.streamId());
    json.name("offset").value(event.offset());
    moved(event.toApplication(), event.bytes(), json);
  }

  private static void moved(boolean toApplication, int bytes, JsonText json) {
    json.name("from").value(toApplication ? "transport" : "application");
    json.name("to").value(toApplication ? "application" : "transport");
    json.name("raw").beginObject().name("length").value(bytes).endObject();
  }

  private void stream(TraceEvent.StreamStateUpdated event, int record, JsonText json) {
    boolean ours = ((event.streamId() & 1) == 0) == client;
    boolean sending = isBidirectional(event) ? record == 0 : ours;
    json.name("stream_id").value(event.streamId());
    json.name("stream_type").value(isBidirectional(event) ? "bidirectional" : "unidirectional");
    json.name("old").value(event.open() ? "idle" : "open");
    json.name("new").value(event.open() ? "open" : "closed");
    json.name("stream_side").value(sending ? "sending" : "receiving");
    if (event.open()) {
      json.name("trigger").value(ours ? "local" : "remote");
    }
  }
}
