package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareTest {
  /** Before anything is measured, which takes long. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--only pump,xyz         | no task 'xyz' among pump, download, upload",
        "--peers ngtcp2,xyz      | no peer 'xyz' among ngtcp2, caddy",
        "--rounds 0              | --rounds is at least 1; see --help",
        "--bytes 0               | --bytes is at least 1; see --help",
        "--duration -1           | --duration is at least 1; see --help",
        "--bytes much            | Invalid value for option '--bytes': 'much' is not a size",
        "--nonsense              | Unknown option: '--nonsense'; see --help"
      })
  void whatCannotBeGetsOneLine(String options, String line) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    assertEquals(2, Compare.run(System.out, stream, options.split(" ")));
    List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().startsWith("compare: " + line), lines::toString);
  }

  /** Whatever was found: here nothing, since there is no launcher. */
  @Test
  void aFullDiskIsToldOf() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertEquals(
        1, Compare.run(new PrintStream(full), stream, "--only", "pump", "--rounds", "1", "--json"));
    String last = err.toString(StandardCharsets.UTF_8).lines().toList().getLast();
    assertEquals("compare: cannot write to standard output", last);
  }
}
