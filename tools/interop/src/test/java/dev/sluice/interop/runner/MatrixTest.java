package dev.sluice.interop.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every case of the QUIC interop runner with every pair of which Sluice is a part. Several run at a
 * time, since each is mostly waiting for its slow network.
 *
 * <p>The system properties {@code sluice.matrix.case} and {@code sluice.matrix.pair} choose some of
 * them, with commas between; {@code sluice.matrix.at.once} says how many run at a time.
 */
@Tag("interop")
class MatrixTest {
  private static final Path FOLDER = Path.of("target", "interop").toAbsolutePath();
  private static final int AT_ONCE = Integer.getInteger("sluice.matrix.at.once", 4);

  private static SluicePeer sluice;

  @BeforeAll
  static void prepare() throws IOException {
    sluice = new SluicePeer(OurProgram.prepare(FOLDER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "server"})
  void anUnknownCaseIsNotSupported(String role, @TempDir Path folder) throws IOException {
    assertEquals(127, sluice.exitOfUnknownCase(folder, role));
  }

  @TestFactory
  Stream<DynamicTest> cells() throws IOException {
    List<Cell> cells = Pairs.cells(sluice).filter(MatrixTest::isChosen).toList();
    Matrix matrix = new Matrix();
    List<DynamicTest> tests = new ArrayList<>();
    Map<Cell, Future<Verdict>> verdicts = run(cells);
    for (Cell cell : cells) {
      Future<Verdict> verdict = verdicts.get(cell);
      tests.add(
          DynamicTest.dynamicTest(
              cell.toString(),
              () -> {
                matrix.put(cell, verdict.get());
                judge(cell, verdict.get());
              }));
    }
    return Stream.concat(
        tests.stream(), Stream.of(DynamicTest.dynamicTest("the matrix", () -> print(matrix))));
  }

  /** The longest first, so that in the end nobody waits for a long one alone. */
  private static Map<Cell, Future<Verdict>> run(List<Cell> cells) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    Map<Cell, Future<Verdict>> verdicts = new HashMap<>();
    cells.stream()
        .sorted(Comparator.comparing((Cell cell) -> cell.which().limit()).reversed())
        .forEach(
            cell -> {
              Path folder =
                  FOLDER.resolve(cell.pair().replace(':', '-')).resolve(cell.which().label());
              verdicts.put(cell, threads.submit(() -> cell.run(folder)));
            });
    threads.shutdown();
    return verdicts;
  }

  private static void judge(Cell cell, Verdict verdict) {
    switch (verdict) {
      case Verdict.Passed passed -> {}
      case Verdict.Excused excused -> {}
      case Verdict.Failed failed -> fail(cell + ": " + failed.why());
      case Verdict.Missing missing ->
          Assumptions.abort("skipped: " + missing.program() + " is missing");
    }
  }

  private static void print(Matrix matrix) throws IOException {
    Files.writeString(FOLDER.resolve("matrix.txt"), matrix.toString());
    System.out.println(matrix);
  }

  private static boolean isChosen(Cell cell) {
    return isAmong("sluice.matrix.case", cell.which().label())
        && isAmong("sluice.matrix.pair", cell.pair());
  }

  private static boolean isAmong(String property, String name) {
    String chosen = System.getProperty(property, "");
    return chosen.isEmpty() || List.of(chosen.split(",")).contains(name);
  }

  @Test
  void everyCaseHasItsOwnAbbreviation() {
    assertEquals(Case.all().count(), Case.all().map(Case::abbreviation).distinct().count());
  }
}
