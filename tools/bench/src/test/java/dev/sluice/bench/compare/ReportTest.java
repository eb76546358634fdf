package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Results results = new Results();

  private void add(Task task, String label, String ours, double... values) {
    String[] names = label.split(" / ");
    Contender contender = new Contender(task, names[0], names[1], ours, lab -> 0);
    for (double value : values) {
      results.add(contender, value, Double.isNaN(value) ? "it broke" : null);
    }
  }

  @Test
  void theMedianIsTheMiddle() {
    assertEquals(2, Statistics.median(List.of(3.0, 1.0, 2.0)));
    assertEquals(2.5, Statistics.median(List.of(4.0, 1.0, 2.0, 3.0)));
    assertTrue(Double.isNaN(Statistics.median(List.of())));
  }

  @Test
  void whatIsSlowTakesMoreOfTheTime() {
    assertEquals(1.5, Statistics.ofEqualAmounts(List.of(1.0, 3.0)));
    assertTrue(Double.isNaN(Statistics.ofEqualAmounts(List.of())));
  }

  @Test
  void ratiosAreTakenRoundByRound() {
    add(Task.DOWNLOAD, "sluice / sluice", null, 100, 200, 300);
    add(Task.DOWNLOAD, "kwik / kwik", "sluice / sluice", 50, Double.NaN, 100);
    Ratio ratio =
        Results.ratio(
            results.row(Task.DOWNLOAD, "sluice / sluice"),
            results.row(Task.DOWNLOAD, "kwik / kwik"),
            true);
    assertEquals(new Ratio(2.5, 2, 3), ratio);
    assertFalse(Results.ratio(null, null, true).isKnown());
  }

  @Test
  void ofTimesLessIsBetter() {
    add(Task.NEQO_GET, "sluice h3 / sluice h3", null, 0.1);
    add(Task.NEQO_GET, "ngtcp2 / ngtcp2", null, 0.3);
    Ratio ratio =
        Results.ratio(
            results.row(Task.NEQO_GET, "sluice h3 / sluice h3"),
            results.row(Task.NEQO_GET, "ngtcp2 / ngtcp2"),
            Task.NEQO_GET.isRate());
    assertEquals(3, ratio.median(), 1e-9);
  }

  private Target target(Task task, String what) {
    return Target.of(results).stream()
        .filter(target -> target.task() == task && target.what().startsWith(what))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void targetsAreMetOrNot() {
    add(Task.PUMP, Matrix.CEILING, null, 1000e6);
    add(Task.DOWNLOAD, "sluice / sluice", null, 700e6);
    add(Task.DOWNLOAD, "kwik / kwik", "sluice / sluice", 36e6);
    assertEquals(0.7, target(Task.DOWNLOAD, "share of the pump").found(), 1e-9);
    assertTrue(target(Task.DOWNLOAD, "share of the pump").met());
    assertEquals(700 / 36.0, target(Task.DOWNLOAD, "of kwik").found(), 1e-9);
    assertFalse(target(Task.DOWNLOAD, "of kwik").met());
  }

  @Test
  void theBestOfSeveralIsThatOfEachRound() {
    add(Task.UPLOAD, "sluice / sluice", null, 700e6, 600e6);
    add(Task.UPLOAD, "quiche-netty gso / quiche-netty gso", "sluice / sluice", 100e6, 300e6);
    add(Task.UPLOAD, "quiche-netty / quiche-netty", "sluice / sluice", 350e6, Double.NaN);
    Target target = target(Task.UPLOAD, "of the best");
    assertEquals("of the best of quiche-netty gso, quiche-netty", target.what());
    assertEquals(2, target.found(), 1e-9);
    assertFalse(target.met());
  }

  @Test
  void whoIsMissingAmongTheBestIsNamed() {
    add(Task.UPLOAD, "sluice / sluice", null, 700e6);
    add(Task.UPLOAD, "quiche-netty gso / quiche-netty gso", "sluice / sluice", Double.NaN);
    add(Task.UPLOAD, "quiche-netty / quiche-netty", "sluice / sluice", 200e6);
    Target target = target(Task.UPLOAD, "of the best");
    assertTrue(target.what().endsWith("; not measured: quiche-netty gso"), target.what());
    assertEquals(3.5, target.found(), 1e-9);
  }

  @Test
  void aTargetThatCannotBeToldIsNamedAllTheSame() throws Exception {
    add(Task.DOWNLOAD, "sluice / sluice", null, 700e6);
    add(Task.DOWNLOAD, "kwik / kwik", "sluice / sluice", Double.NaN);
    add(Task.IDLE_MEMORY, "sluice / sluice", null, Double.NaN);
    List<Target> targets = Target.of(results);
    assertEquals(5, targets.size(), targets::toString);
    assertTrue(targets.stream().noneMatch(each -> each.isKnown() || each.met()));
    String text = new Report(results).text();
    assertTrue(text.matches("(?s).*download, of kwik +\\| at least 20 +\\| not measured.*"), text);
    JsonNode json = new ObjectMapper().readTree(new Report(results).json());
    assertTrue(json.at("/targets/0/found").isNull(), json::toString);
    assertTrue(json.at("/targets/0/met").isNull(), json::toString);
  }

  @Test
  void requestsAreHeldAgainstAllPeersOfTheirProtocol() {
    add(Task.REQUESTS, "sluice / sluice", null, 600);
    add(Task.REQUESTS, "quiche-netty / quiche-netty", "sluice / sluice", 100);
    add(Task.REQUESTS, "kwik / kwik", "sluice / sluice", 200);
    Target target = target(Task.REQUESTS, "of the best of quiche-netty gso, quiche-netty, kwik");
    assertEquals(3, target.found(), 1e-9);
    assertFalse(target(Task.REQUESTS, "of the best of ngtcp2, flupke").isKnown());
  }

  @Test
  void aColdGetIsHeldToHalfASecond() {
    add(Task.COLD_GET, Matrix.GET, null, 0.51, 0.43, 0.42);
    Target target = Target.of(results).getFirst();
    assertEquals(430, target.found(), 1e-9);
    assertTrue(target.met());
    add(Task.COLD_GET, Matrix.GET, null, 0.52, 0.53);
    assertFalse(Target.of(results).getFirst().met());
  }

  @Test
  void allocationsAreHeldToTheirTarget() {
    add(Task.ALLOCATION, "sluice / sluice", null, 10);
    Target target = Target.of(results).getFirst();
    assertEquals(10, target.found());
    assertTrue(target.met());
  }

  @Test
  void theTableHasSharesRatiosAndFailures() {
    add(Task.PUMP, Matrix.CEILING, null, 1000e6);
    add(Task.DOWNLOAD, "sluice / sluice", null, 500e6, 600e6, 700e6);
    add(Task.DOWNLOAD, "kwik / kwik", "sluice / sluice", Double.NaN);
    String text = new Report(results).text();
    assertTrue(text.contains("| 600    | 500 to 700   | MB/s | 50%"), text);
    assertTrue(text.contains("failed"), text);
    assertTrue(text.contains("download, kwik / kwik failed: it broke"), text);
  }

  @Test
  void theJsonHasEveryRound() throws Exception {
    add(Task.DOWNLOAD, "sluice / sluice", null, 500e6, Double.NaN);
    JsonNode json = new ObjectMapper().readTree(new Report(results).json());
    assertEquals("[500.0,null]", json.at("/results/0/values").toString());
  }

  @Test
  void numbersHaveThreeDigits() {
    assertEquals("0.12", Report.number(0.1234));
    assertEquals("12.3", Report.number(12.34));
    assertEquals("1234", Report.number(1234.4));
  }
}
