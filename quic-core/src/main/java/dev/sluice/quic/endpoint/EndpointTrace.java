package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.AdmissionByLoad;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.trace.TracedHeader;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.trace.Tracers;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Tells those who watch what an endpoint does with datagrams that belong to no connection. Nothing
 * is made for them where nobody watches.
 */
final class EndpointTrace {
  private Tracer tracer = Tracer.NONE;
  private long now;

  /** Whether the present datagram is not lost for belonging to no connection here. */
  private boolean kept;

  /** Connections are accepted from now on, whose tracers may know one for the endpoint. */
  void watch(ServerConfig server) {
    if (tracer == Tracer.NONE) {
      tracer = Tracers.endpoint(server.tracer());
    }
  }

  private void tell(TraceEvent event) {
    tracer.on(now, event);
  }

  void onListening(InetSocketAddress local, ServerConfig server, long time) {
    now = time;
    if (tracer.isEnabled()) {
      boolean retry = server.admission() instanceof AdmissionByLoad load && load.retryFrom() == 0;
      tell(new TraceEvent.ServerListening(local, retry));
    }
  }

  /** A batch has come at a time. */
  void begin(long time) {
    now = time;
  }

  /** 0-RTT packets that may belong to a connection which is yet to come. */
  void onKept(int bytes) {
    kept = true;
    if (tracer.wantsPackets()) {
      tell(new TraceEvent.PacketBuffered(PacketType.ZERO_RTT, bytes));
    }
  }

  /** The present datagram is for another endpoint of the same port. */
  void onPassedOn() {
    kept = true;
  }

  /** A datagram led to no connection, and opened none. What it is answered comes before this. */
  void onUnrouted(DatagramBatch batch, int index) {
    if (tracer.wantsPackets() && !kept) {
      String from = "from " + batch.remote(index);
      tell(
          new TraceEvent.PacketDropped(
              null, batch.length(index), DropCause.CONNECTION_UNKNOWN, from));
    }
    kept = false;
  }

  void onVersionNegotiation(
      ConnectionId destination, ConnectionId source, int[] versions, int bytes) {
    if (tracer.wantsPackets()) {
      TracedHeader header = header(PacketType.VERSION_NEGOTIATION, 0, destination, source, 0);
      List<Integer> offered = Arrays.stream(versions).boxed().toList();
      tell(new TraceEvent.VersionNegotiationSent(header, bytes, offered));
    }
  }

  /** Answers to an Initial go to where it came from. */
  void onRetry(LongHeader initial, ConnectionId chosen, int tokenLength, int bytes) {
    if (tracer.wantsPackets()) {
      int version = initial.version().number();
      TracedHeader header =
          header(PacketType.RETRY, version, initial.source(), chosen, tokenLength);
      tell(new TraceEvent.PacketSent(header, 0, bytes, false, List.of()));
    }
  }

  void onRefused(LongHeader initial, Frame close, int bytes) {
    if (tracer.wantsPackets()) {
      TracedHeader header =
          TracedHeader.ofLong(
              PacketType.INITIAL,
              0,
              initial.version().number(),
              initial.source(),
              initial.destination(),
              TracedHeader.Token.NONE);
      tell(new TraceEvent.PacketSent(header, 0, bytes, false, List.of(close)));
    }
  }

  void onReset(int bytes) {
    if (tracer.wantsPackets()) {
      tell(new TraceEvent.StatelessResetSent(bytes));
    }
  }

  private static TracedHeader header(
      PacketType type, int version, ConnectionId destination, ConnectionId source, int token) {
    TracedHeader.Token named =
        token == 0 ? TracedHeader.Token.NONE : new TracedHeader.Token(true, token);
    return new TracedHeader(type, -1, version, destination, source, -1, named);
  }
}
