package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of {@code sluice congestion}; what it measures is tested beside it. */
class CongestionCommandTest {

  @Test
  void printsALineForEachAndPlots(@TempDir Path dir) throws IOException {
    Commands.Result result =
        Commands.run("congestion", "100 kb/s", "--cc", "cubic,bbr", "--plot", dir.toString());
    assertEquals(0, result.code(), result.err());
    assertEquals(3, result.text().lines().count(), result.text());
    assertTrue(result.err().contains("2 of 2: 100 kb/s, bbr"), result.err());
    assertTrue(Files.readString(dir.resolve("100-kb-s-bbr.svg")).startsWith("<svg"));
  }

  @Test
  void printsJson() throws IOException {
    Commands.Result result =
        Commands.run("congestion", "100 kb/s", "--cc", "NewReno", "--json", "--seed", "7");
    JsonNode json = new ObjectMapper().readTree(result.text());
    assertEquals("newreno", json.get(0).get("controller").asText());
    assertTrue(json.get(0).get("utilisation").asDouble() > 0.9);
  }

  @Test
  void saysWhatItDoesNotKnow() {
    Commands.Result controller = Commands.run("congestion", "--cc", "vegas");
    assertEquals(ExitCode.USAGE.code(), controller.code());
    assertTrue(controller.err().contains("vegas"), controller.err());
    assertEquals(ExitCode.USAGE.code(), Commands.run("congestion", "no such").code());
  }

  @Test
  void anySeedIsOne() {
    Commands.Result result =
        Commands.run("congestion", "100 kb/s", "--cc", "newreno", "--seed", "" + Long.MAX_VALUE);
    assertEquals(0, result.code(), result::toString);
  }

  @Test
  void plotsThatCannotBeWritten() {
    Commands.Result result =
        Commands.run("congestion", "100 kb/s", "--cc", "newreno", "--plot", "/dev/null");
    assertEquals(23, result.code(), result::toString);
    assertTrue(
        result
            .err()
            .endsWith("cannot write /dev/null/100-kb-s-newreno.svg: there is such a file\n"),
        result::toString);
  }

  @Test
  void aFullDiskIsToldOf() {
    ByteArrayOutputStream nothing = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Commands.Result result =
        Commands.run(InputStream.nullInputStream(), nothing, full, "congestion", "100 kb/s");
    assertEquals(23, result.code(), result::toString);
    assertTrue(result.err().contains("cannot write to standard output"), result::toString);
  }
}
