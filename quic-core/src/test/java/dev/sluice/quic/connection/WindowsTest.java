package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receive windows follow what the path and the reader can take (RFC 9000 §4.2). */
class WindowsTest {
  private static final int KIB = 1024;
  private static final int SMALL = 32 * KIB;
  private final Simulation sim = new Simulation(1);

  /** A server whose windows are small at first, and may become this large. */
  private static TransportConfig growing(int maxStream, int maxConnection) {
    StreamLimits small = new StreamLimits(2 * SMALL, SMALL, SMALL, SMALL, 100, 100);
    return TransportConfig.DEFAULTS.withStreams(
        new StreamConfig(small, maxStream, maxConnection, 256 * KIB, 8 * KIB * KIB));
  }

  private static Supplier<Link> path(int megabits, int roundTripMillis) {
    return () ->
        new Link()
            .delay(ms(roundTripMillis / 2))
            .rate(megabits * 1_000_000L)
            .queue(queue(megabits, roundTripMillis));
  }

  private static long queue(int megabits, int roundTripMillis) {
    return Math.max(30_000, product(megabits, roundTripMillis) / 2);
  }

  /** The bandwidth-delay product, bytes. */
  private static long product(int megabits, int roundTripMillis) {
    return megabits * 125L * roundTripMillis;
  }

  @ParameterizedTest
  @CsvSource({"5,20", "10,100", "20,20", "5,400"})
  void theyGrowToSomeBandwidthDelayProductsAndNoFurther(int megabits, int roundTripMillis) {
    Uploads uploads =
        new Uploads(
            sim,
            TransportConfig.DEFAULTS,
            growing(16 * KIB * KIB, 24 * KIB * KIB),
            path(megabits, roundTripMillis),
            true);
    uploads.send(Long.MAX_VALUE);
    uploads.runFor(ms(3000 + 30 * roundTripMillis));
    long before = uploads.read();
    // So long that it does not matter what a lost packet holds back for a round trip.
    double seconds = Math.max(1, 0.02 * roundTripMillis);
    uploads.runFor(ms((long) (1000 * seconds)));
    double rate = (uploads.read() - before) / seconds;
    double payload = megabits * 125_000 * 0.95; // the rest is headers
    assertTrue(rate > 0.9 * payload, "reads " + rate + " bytes a second of " + payload);
    long product = product(megabits, roundTripMillis);
    long window = uploads.largestStreamWindow;
    assertTrue(window > 1.5 * product, window + " is too little for " + product);
    // Twice four products, of round trips that are longer by what waits in the queue.
    long most = 8 * (product + queue(megabits, roundTripMillis));
    assertTrue(window <= Math.max(SMALL, most), window + " for " + product);
    long all = uploads.largestConnectionWindow;
    assertTrue(all <= Math.max(2 * SMALL, 2 * window), all + " for all streams");
  }

  @Test
  void theyStopAtTheirLimit() {
    Uploads uploads =
        new Uploads(
            sim, TransportConfig.DEFAULTS, growing(128 * KIB, 160 * KIB), path(100, 100), true);
    uploads.send(Long.MAX_VALUE);
    uploads.runFor(Duration.ofSeconds(5));
    assertEquals(128 * KIB, uploads.largestStreamWindow);
    assertTrue(uploads.largestConnectionWindow <= 160 * KIB);
    // Renewed at the half, a window carries at least half of itself in a round trip.
    assertTrue(uploads.read() > 40 * 64 * KIB, uploads.read() + " bytes");
  }

  @Test
  void manyStreamsTogetherFillThePath() {
    Uploads uploads =
        new Uploads(
            sim,
            TransportConfig.DEFAULTS,
            growing(16 * KIB * KIB, 24 * KIB * KIB),
            path(30, 100),
            true);
    for (int i = 0; i < 50; i++) {
      uploads.send(Long.MAX_VALUE);
    }
    uploads.runFor(Duration.ofSeconds(2));
    long before = uploads.read();
    uploads.runFor(Duration.ofSeconds(1));
    double rate = uploads.read() - before;
    assertTrue(rate > 0.9 * 0.95 * 3_750_000, "reads " + rate + " bytes a second");
    assertTrue(uploads.largestConnectionWindow <= 12 * product(30, 100));
  }

  /** Who reads 100 kB a second needs no window for 12 MB a second, however fast the path is. */
  @Test
  void aSlowReaderGetsNoMore() {
    Uploads uploads =
        new Uploads(
            sim,
            TransportConfig.DEFAULTS,
            growing(16 * KIB * KIB, 24 * KIB * KIB),
            path(100, 20),
            false);
    SendStream stream = uploads.send(Long.MAX_VALUE);
    for (int i = 0; i < 100; i++) {
      uploads.runFor(ms(100));
      uploads.readAtMost(10_000);
      assertTrue(stream.sent() - uploads.read() <= SMALL, "what waits to be read");
    }
    assertEquals(100 * 10_000 - 10_000, uploads.read(), 20_000);
    assertTrue(uploads.largestStreamWindow <= SMALL, uploads.largestStreamWindow + " bytes");
    assertTrue(uploads.largestConnectionWindow <= 2 * SMALL);
  }
}
