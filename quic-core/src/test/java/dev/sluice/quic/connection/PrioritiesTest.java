package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How streams share a bottleneck, as their application orders it (RFC 9000 §2.3). */
class PrioritiesTest {
  private static final int SIZE = 200_000;

  private Uploads over(double loss) {
    return new Uploads(
        new Simulation(1),
        TransportConfig.DEFAULTS,
        TransportConfig.DEFAULTS,
        () -> new Link().delay(ms(10)).rate(8_000_000).queue(40_000).loss(loss),
        true);
  }

  private static List<SendStream> send(Uploads uploads, int count) {
    List<SendStream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(uploads.send(SIZE));
    }
    return streams;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.02})
  @Requirement("RFC9000-2.3#1")
  void streamsShareFairlyByDefault(double loss) {
    Uploads uploads = over(loss);
    send(uploads, 8);
    uploads.runFor(ms(800)); // half of it all
    long least = uploads.read.values().stream().min(Long::compare).orElseThrow();
    long most = uploads.read.values().stream().max(Long::compare).orElseThrow();
    assertTrue(least > 20_000, "the least had " + least);
    // A stream that has to wait for a lost packet, of a full queue too, cannot be read meanwhile.
    assertTrue(most - least < 60_000, least + " to " + most);
    uploads.runFor(Duration.ofSeconds(5));
    assertEquals(8L * SIZE, uploads.read());
  }

  @Test
  void whatIsUrgentOvertakesWhatWasThereBefore() {
    Uploads uploads = over(0);
    send(uploads, 8);
    uploads.runFor(ms(300));
    long begun = uploads.sim.now();
    SendStream urgent = uploads.send(SIZE);
    urgent.setPriority(0, true);
    uploads.runFor(Duration.ofSeconds(5));
    long took = (uploads.endedAt.get(urgent.id()) - begun) / 1_000_000;
    // 200 ms on the wire, 50 ms of queue and delay; a fair share would take more than a second.
    assertTrue(took < 400, took + " ms");
  }

  @Test
  void whatIsNotUrgentTakesWhatIsLeft() {
    Uploads uploads = over(0);
    SendStream background = uploads.send(SIZE);
    background.setPriority(7, true);
    uploads.runFor(ms(30));
    long before = uploads.read.get(background.id());
    List<SendStream> others = send(uploads, 3);
    uploads.runFor(ms(600));
    long meanwhile = uploads.read.get(background.id()) - before;
    assertTrue(meanwhile < 60_000, "only what was on its way: " + meanwhile);
    uploads.runFor(Duration.ofSeconds(5));
    for (SendStream other : others) {
      assertTrue(uploads.endedAt.get(other.id()) < uploads.endedAt.get(background.id()));
    }
    assertEquals(4L * SIZE, uploads.read());
  }

  @Test
  void sequentialStreamsComeWholeOneAfterAnother() {
    Uploads uploads = over(0);
    List<SendStream> streams = send(uploads, 4);
    streams.forEach(stream -> stream.setPriority(3, false));
    uploads.runFor(Duration.ofSeconds(5));
    List<Long> ends = streams.stream().map(s -> uploads.endedAt.get(s.id())).toList();
    assertEquals(ends.stream().sorted().toList(), ends);
    // One after another each has the whole path to itself: the first ends in a quarter of the time.
    long begun = uploads.sim.now() - Duration.ofSeconds(5).toNanos();
    assertTrue((ends.get(0) - begun) < (ends.get(3) - begun) / 2);
  }

  /** Priorities order new data; what was lost has to arrive all the same. */
  @Test
  void lossDoesNotTurnTheOrderAround() {
    Uploads uploads = over(0.05);
    SendStream later = uploads.send(SIZE);
    later.setPriority(5, true);
    SendStream first = uploads.send(SIZE);
    first.setPriority(1, true);
    uploads.runFor(Duration.ofSeconds(20));
    assertTrue(uploads.endedAt.get(first.id()) < uploads.endedAt.get(later.id()));
    assertEquals(2L * SIZE, uploads.read());
  }
}
