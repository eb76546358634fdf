package dev.sluice.quic.jfr;

import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.trace.Tracers;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Tells the JDK Flight Recorder of one connection. While nobody records it hears of the
 * connection's beginning and costs nothing from there on; a connection that began before a
 * recording is in it too.
 *
 * <p>The first event of a JVM sets the recorder up, which takes some 70 ms of the loop that meets
 * it. So no event is made before there is a recorder that somebody asked for.
 */
public final class FlightRecorderTracer implements Tracer {
  /** Metrics change with every acknowledgement; ten a second draw the same curve. */
  private static final long METRICS_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

  private TraceEvent.ConnectionStarted started;

  /** Null until the recorder hears of the connection. */
  private ConnectionEvent connection;

  private final Long2ObjectHashMap<StreamEvent> streams = new Long2ObjectHashMap<>();
  private long nextMetrics = Long.MIN_VALUE;

  /** A recorder's tracer for each connection, beside another if it is not {@link Tracer#NONE}. */
  public static Supplier<Tracer> beside(Supplier<Tracer> others) {
    return new Tracers() {
      @Override
      public Tracer get() {
        Tracer other = others.get();
        Tracer recorder = new FlightRecorderTracer();
        return other == Tracer.NONE ? recorder : Tracer.both(recorder, other);
      }

      @Override
      public Tracer endpoint() {
        return Tracers.endpoint(others);
      }
    };
  }

  @Override
  public boolean isEnabled() {
    return started == null || FlightRecorder.isInitialized();
  }

  /** Too many for a recorder. */
  @Override
  public boolean wantsPackets() {
    return false;
  }

  @Override
  public void on(long now, TraceEvent event) {
    if (event instanceof TraceEvent.ConnectionStarted e) {
      started = e;
    }
    if (FlightRecorder.isInitialized()) {
      record(now, event);
    }
  }

  private void record(long now, TraceEvent event) {
    if (connection == null) {
      begin();
    }
    switch (event) {
      case TraceEvent.ProtocolChosen e -> connection.protocol = e.protocol();
      case TraceEvent.PacketLost e -> onLost(e);
      case TraceEvent.StreamStateUpdated e -> onStream(e);
      case TraceEvent.RecoveryMetrics e -> onMetrics(e, now);
      case TraceEvent.CongestionStateUpdated e -> onCongestion(e);
      case TraceEvent.MigrationUpdated e -> {
        PathEvent path = path(e, "migration " + e.state());
        path.remote = String.valueOf(e.remote());
        path.commit();
      }
      case TraceEvent.MtuUpdated e -> {
        PathEvent path = path(e, "datagram size");
        path.datagramSize = e.now();
        path.commit();
      }
      case TraceEvent.EcnStateUpdated e -> {
        PathEvent path = path(e, "ECN");
        path.ecn = e.now();
        path.commit();
      }
      case TraceEvent.ConnectionEnded e -> {
        streams.values().forEach(StreamEvent::commit);
        streams.clear();
        connection.ending = e.ending().toString();
        connection.commit();
      }
      default -> {}
    }
  }

  private void begin() {
    connection = new ConnectionEvent();
    connection.id = HexFormat.of().formatHex(started.originalDestination().toArray());
    connection.role = started.client() ? "client" : "server";
    connection.remote = String.valueOf(started.remote());
    connection.begin();
  }

  private void onLost(TraceEvent.PacketLost lost) {
    connection.packetsLost++;
    PacketLostEvent event = new PacketLostEvent();
    if (event.isEnabled()) {
      event.connection = connection.id;
      event.type = lost.type().name();
      event.number = lost.packetNumber();
      event.path = lost.path();
      event.reason = lost.late() ? "time threshold" : "packet threshold";
      event.mtuProbe = lost.mtuProbe();
      event.commit();
    }
  }

  private void onStream(TraceEvent.StreamStateUpdated stream) {
    if (stream.open()) {
      connection.streams++;
      StreamEvent event = new StreamEvent();
      if (event.isEnabled()) {
        event.connection = connection.id;
        event.stream = stream.streamId();
        event.begin();
        streams.put(stream.streamId(), event);
      }
      return;
    }
    StreamEvent event = streams.remove(stream.streamId());
    if (event != null) {
      event.commit();
    }
  }

  private void onCongestion(TraceEvent.CongestionStateUpdated congestion) {
    CongestionEvent event = new CongestionEvent();
    if (event.isEnabled()) {
      event.connection = connection.id;
      event.path = congestion.path();
      event.before = congestion.before();
      event.state = congestion.now();
      event.trigger = congestion.trigger();
      event.commit();
    }
  }

  private PathEvent path(TraceEvent of, String change) {
    PathEvent event = new PathEvent();
    event.connection = connection.id;
    event.path = of.path();
    event.change = change;
    return event;
  }

  private void onMetrics(TraceEvent.RecoveryMetrics metrics, long now) {
    if (now < nextMetrics) {
      return;
    }
    nextMetrics = now + METRICS_INTERVAL;
    RecoveryEvent event = new RecoveryEvent();
    if (event.isEnabled()) {
      event.connection = connection.id;
      event.path = metrics.path();
      event.smoothedRtt = metrics.smoothedRtt();
      event.minRtt = metrics.minRtt();
      event.rttVariation = metrics.rttVariation();
      event.probeTimeouts = metrics.ptoCount();
      event.slowStartThreshold = metrics.slowStartThreshold();
      event.pacingRate = metrics.pacingRate();
      event.latestRtt = metrics.latestRtt();
      event.congestionWindow = metrics.congestionWindow();
      event.bytesInFlight = metrics.bytesInFlight();
      event.commit();
    }
  }
}
