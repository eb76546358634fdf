package dev.sluice.quic.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.wire.ConnectionId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecorderTest {
  @TempDir private Path folder;

  private final FlightRecorderTracer tracer = new FlightRecorderTracer();

  private List<RecordedEvent> recorded(Runnable what) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("dev.sluice.Connection");
      recording.enable("dev.sluice.Stream");
      recording.enable("dev.sluice.PacketLost");
      recording.enable("dev.sluice.Recovery");
      recording.enable("dev.sluice.Congestion");
      recording.enable("dev.sluice.Path");
      recording.start();
      what.run();
      recording.stop();
      Path file = folder.resolve("recording.jfr");
      recording.dump(file);
      return RecordingFile.readAllEvents(file);
    }
  }

  private static RecordedEvent only(List<RecordedEvent> events, String name) {
    List<RecordedEvent> found =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("dev.sluice." + name))
            .toList();
    assertEquals(1, found.size(), name);
    return found.getFirst();
  }

  private void begin() {
    tracer.on(
        0,
        new TraceEvent.ConnectionStarted(
            true,
            null,
            new InetSocketAddress("127.0.0.1", 443),
            ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8})));
  }

  private static TraceEvent metrics(long smoothedRtt) {
    return new TraceEvent.RecoveryMetrics(
        0, smoothedRtt, 6_000_000, 4, 1, 0, 14_720, 1_200, Long.MAX_VALUE, 1_000_000);
  }

  @Test
  void aConnectionWithAllThatHappenedToIt() throws IOException {
    List<RecordedEvent> events =
        recorded(
            () -> {
              begin();
              tracer.on(1, new TraceEvent.ProtocolChosen("h3"));
              tracer.on(2, new TraceEvent.StreamStateUpdated(4, true));
              tracer.on(3, new TraceEvent.PacketLost(PacketType.ONE_RTT, 17, 0, false, false));
              tracer.on(4, metrics(5_000_000));
              tracer.on(5, metrics(5_000_001));
              tracer.on(6, new TraceEvent.StreamStateUpdated(4, false));
              tracer.on(7, new TraceEvent.ConnectionEnded(new ConnectionEnding.StatelessReset()));
            });
    RecordedEvent connection = only(events, "Connection");
    assertEquals("0102030405060708", connection.getString("id"));
    assertEquals("client", connection.getString("role"));
    assertEquals("h3", connection.getString("protocol"));
    assertEquals(1, connection.getLong("packetsLost"));
    assertEquals(1, connection.getLong("streams"));
    assertTrue(connection.getString("ending").startsWith("StatelessReset"));
    assertEquals(4, only(events, "Stream").getLong("stream"));
    assertEquals(17, only(events, "PacketLost").getLong("number"));
    assertEquals("packet threshold", only(events, "PacketLost").getString("reason"));
    assertEquals(1_000_000, only(events, "Recovery").getLong("pacingRate"));
    assertEquals(5_000_000, only(events, "Recovery").getDuration("smoothedRtt").toNanos());
  }

  @Test
  void congestionAndPaths() throws IOException {
    InetSocketAddress there = new InetSocketAddress("127.0.0.1", 444);
    List<RecordedEvent> events =
        recorded(
            () -> {
              begin();
              tracer.on(
                  1, new TraceEvent.CongestionStateUpdated(1, "slow_start", "recovery", "ecn"));
              tracer.on(2, new TraceEvent.MtuUpdated(1, 1200, 1452, true));
              tracer.on(3, new TraceEvent.EcnStateUpdated(1, "testing", "capable"));
              tracer.on(
                  4,
                  new TraceEvent.MigrationUpdated(
                      TraceEvent.MigrationState.MIGRATION_COMPLETE, 1, null, there));
            });
    RecordedEvent congestion = only(events, "Congestion");
    assertEquals("0102030405060708", congestion.getString("connection"));
    assertEquals("slow_start", congestion.getString("before"));
    assertEquals("recovery", congestion.getString("state"));
    assertEquals("ecn", congestion.getString("trigger"));
    List<RecordedEvent> paths =
        events.stream().filter(e -> e.getEventType().getName().endsWith("Path")).toList();
    assertEquals(3, paths.size());
    assertEquals(1452, paths.get(0).getInt("datagramSize"));
    assertEquals("capable", paths.get(1).getString("ecn"));
    assertTrue(paths.get(2).getString("remote").endsWith(":444"));
    assertEquals(1, paths.get(2).getInt("path"));
  }

  @Test
  void whoBeganBeforeTheRecordingIsInIt() throws IOException {
    assertTrue(tracer.isEnabled(), "to hear of the beginning");
    begin();
    List<RecordedEvent> events =
        recorded(
            () ->
                tracer.on(9, new TraceEvent.ConnectionEnded(new ConnectionEnding.IdleTimeout(1))));
    assertNotNull(only(events, "Connection").getString("id"));
  }

  /** What a connection does in a JVM in which nobody records. */
  static final class Unrecorded {
    private Unrecorded() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
      FlightRecorderTest test = new FlightRecorderTest();
      test.begin();
      test.tracer.on(1, metrics(5_000_000));
      test.tracer.on(2, new TraceEvent.ConnectionEnded(new ConnectionEnding.StatelessReset()));
      System.out.println("asks " + test.tracer.isEnabled());
    }
  }

  @Test
  void setsNoRecorderUpForNobody() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Unrecorded.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("asks false"), said);
    assertTrue(said.contains(FlightRecorderTracer.class.getName()));
    assertFalse(said.contains(ConnectionEvent.class.getName()), "the recorder was set up");
  }

  @Test
  void packetsAreNotItsBusiness() {
    assertFalse(tracer.wantsPackets());
  }
}
