package dev.sluice.tools.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every controller uses a bottleneck, and shares it, as `sluice congestion` says. */
class ScenariosTest {

  static Stream<Arguments> quick() {
    return Scenarios.quick().stream()
        .flatMap(
            scenario ->
                Arrays.stream(CongestionAlgorithm.values())
                    .map(algorithm -> Arguments.of(scenario, algorithm)));
  }

  @ParameterizedTest
  @MethodSource("quick")
  void reachesTheGoal(Scenario scenario, CongestionAlgorithm algorithm) {
    Outcome outcome = Runs.of(scenario, algorithm, 1).median();
    assertTrue(outcome.isAcceptable(), () -> outcome.json().toString());
    assertTrue(outcome.goodput() > outcome.utilisation() - 0.08, () -> outcome.json().toString());
  }

  @Test
  void theSameSeedGivesTheSameNumbers() {
    Scenario scenario = Scenario.of("short", 5_000_000, 20, 1, 3).losing(0.01);
    Outcome one = new ScenarioRun(scenario, CongestionAlgorithm.BBR, 5).run();
    Outcome again = new ScenarioRun(scenario, CongestionAlgorithm.BBR, 5).run();
    assertEquals(one.json(), again.json());
    assertEquals(one.flows(), again.flows());
    Outcome other = new ScenarioRun(scenario, CongestionAlgorithm.BBR, 6).run();
    assertTrue(!one.flows().equals(other.flows()));
  }

  @Test
  void theLawIsThatOfTheSawtoothAndOfMathis() {
    // One BDP of queue hides the whole sawtooth of a halved window, a tenth shows most of it.
    assertEquals(
        1, ceiling(Scenario.of("", 50_000_000, 40, 1, 1), CongestionAlgorithm.NEW_RENO), 0.001);
    Scenario small = Scenario.of("", 50_000_000, 40, 0.1, 1);
    double sawtooth = ((1 - 0.55 * 0.55) / 2 + 0.1) / 0.55;
    assertEquals(sawtooth, ceiling(small, CongestionAlgorithm.NEW_RENO), 0.02);
    assertTrue(ceiling(small, CongestionAlgorithm.CUBIC) > sawtooth + 0.05);
    assertEquals(1, ceiling(small, CongestionAlgorithm.BBR));
    // MSS / RTT * sqrt(3 / 2p), where losses come at random a little more.
    double mathis = 1452 * 8 / 0.04 * Math.sqrt(1.5 / 0.0004) / 1e9;
    Scenario losing = Scenario.of("", 1_000_000_000, 40, 1, 1).losing(0.0004);
    assertEquals(mathis, ceiling(losing, CongestionAlgorithm.NEW_RENO), 0.15 * mathis);
  }

  /** 1% and 20 ms: a window of some 14 packets, of which only whole ones count. */
  @Test
  void theLawCountsWholePackets() {
    Scenario scenario = Scenario.of("", 100_000_000, 20, 1, 1).losing(0.01);
    double packet = 1452 * 8 / 0.02 / 1e8;
    assertEquals(12.2, ceiling(scenario, CongestionAlgorithm.NEW_RENO) / packet, 0.4);
    assertEquals(13.5, ceiling(scenario, CongestionAlgorithm.CUBIC) / packet, 0.4);
  }

  private static double ceiling(Scenario scenario, CongestionAlgorithm algorithm) {
    return WindowLaw.ceiling(scenario, algorithm);
  }

  @Test
  void severalFlowsAreJudgedByTheMedianOfFiveRuns() {
    Scenario alone = Scenario.of("short", 5_000_000, 20, 1, 2);
    assertEquals(1, Runs.of(alone, CongestionAlgorithm.CUBIC, 7).outcomes().size());
    Runs runs = Runs.of(alone.with(Duration.ofMillis(500)), CongestionAlgorithm.CUBIC, 7);
    double[] indices = runs.outcomes().stream().mapToDouble(Outcome::fairness).toArray();
    assertEquals(5, indices.length);
    assertTrue(indices[0] < indices[4] && runs.median().fairness() == indices[2]);
    assertTrue(Arrays.stream(indices).filter(index -> index <= indices[2]).count() >= 3);
    String spread = String.format(Locale.ROOT, "%.3f to %.3f in 5", indices[0], indices[4]);
    assertTrue(runs.verdict().contains(spread), runs::verdict);
  }

  @Test
  void jainsIndex() {
    assertEquals(1, Outcome.jain(7));
    assertEquals(1, Outcome.jain(3, 3));
    assertEquals(0.5, Outcome.jain(3, 0));
    assertEquals(0.8, Outcome.jain(3, 1));
  }

  @Test
  void aPlotHasALineForEachFlowAndQuantity() {
    Scenario scenario = Scenario.of("two", 1_000_000, 20, 1, 5).with(Duration.ZERO);
    String svg = Plot.of(new ScenarioRun(scenario, CongestionAlgorithm.CUBIC, 1).run());
    assertEquals(6, svg.split("<polyline", -1).length - 1);
    assertTrue(svg.contains("round-trip time, ms") && svg.endsWith("</svg>\n"));
  }

  @Test
  void namesAreFileNames() {
    assertEquals("two-flows-deep-queue", namedDeep().slug());
    assertEquals(
        Scenarios.all().size(), Scenarios.all().stream().map(Scenario::slug).distinct().count());
    assertEquals(
        List.of("10.0 Mb/s", "1 Gb/s"),
        List.of(
            Scenario.of("", 10_000_000, 1, 1, 1).rateText(),
            Scenario.of("", 1_000_000_000, 1, 1, 1).rateText()));
  }

  private static Scenario namedDeep() {
    return Scenarios.all().stream()
        .filter(scenario -> scenario.name().contains("deep"))
        .findAny()
        .orElseThrow();
  }
}
