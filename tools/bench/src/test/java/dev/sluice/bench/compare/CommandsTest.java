package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With which arguments programs are started. */
class CommandsTest {
  private static final String LIMITS =
      "-q --no-quic-dump --no-http-dump --cc=cubic --max-udp-payload-size=1452 --no-pmtud"
          + " --max-window=24M --max-stream-window=16M";
  private static final Scale SCALE = new Scale(4000, 1000, 80, 4, 15, 5, 100);

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void makeLab() throws IOException {
    lab = Lab.create(folder, SCALE);
  }

  private static String client(Task task, boolean repeated) {
    return String.join(" ", PerfClient.arguments(task, SCALE, repeated));
  }

  @Test
  void warmTransfersWarmUp() {
    assertEquals("download --bytes 4000 --warmup 15s --json --quiet", client(Task.DOWNLOAD, false));
    assertEquals("upload --bytes 4000 --warmup 15s --json --quiet", client(Task.UPLOAD, false));
    for (Task same : List.of(Task.PORTABLE_DOWNLOAD, Task.ALLOCATION)) {
      assertEquals(client(Task.DOWNLOAD, false), client(same, false));
    }
  }

  @Test
  void coldTransfersHaveTheHandshakeInside() {
    assertEquals(
        "download --include-handshake --bytes 1000 --json --quiet",
        client(Task.COLD_DOWNLOAD, false));
    assertEquals(
        "upload --include-handshake --bytes 1000 --json --quiet", client(Task.COLD_UPLOAD, false));
    assertEquals(
        "download --include-handshake --bytes 80 --json --quiet",
        client(Task.LOSSY_DOWNLOAD, false));
  }

  @Test
  void requestsAreTenThousandNineTimes() {
    assertEquals(
        "requests --in-flight 100 --count 10000 --warmup 15s --repeat 9 --json --quiet",
        client(Task.REQUESTS, false));
  }

  @Test
  void connectionsAreCountedInTime() {
    assertEquals(
        "connects --duration 5s --warmup 45s --json --quiet", client(Task.CONNECTS, false));
    assertEquals(
        "connects --duration 5s --warmup 45s --resumed --json --quiet",
        client(Task.RESUMED_CONNECTS, false));
    assertEquals("idle --warmup 3s --count 100 --json --quiet", client(Task.IDLE_MEMORY, false));
  }

  @Test
  void neqosAreOfTheirOwnSizeAndMayBeRepeated() {
    assertEquals(
        "download --include-handshake --bytes 104857600 --json --quiet",
        client(Task.NEQO_GET, false));
    assertEquals(
        "upload --include-handshake --bytes 104857600 --json --quiet --repeat 6",
        client(Task.NEQO_POST, true));
    assertEquals(
        "requests --include-handshake --in-flight 100 --count 10000 --json --quiet",
        client(Task.NEQO_10000_REQUESTS, false));
    assertEquals(
        "requests --include-handshake --count 1 --json --quiet",
        client(Task.NEQO_ONE_REQUEST, false));
  }

  @Test
  void aPumpHasNoClient() {
    assertThrows(IllegalArgumentException.class, () -> client(Task.PUMP, false));
    assertThrows(IllegalArgumentException.class, () -> client(Task.COLD_GET, false));
  }

  @Test
  void aPageIsServedAndFetchedByTheLauncher() throws IOException {
    System.setProperty("sluice.launcher", "/there/tools/sluice");
    try {
      assertEquals(
          "/there/tools/sluice serve --host 127.0.0.1 --port 4433 --root " + folder.resolve("site"),
          String.join(" ", ColdGet.serve(lab, 4433)));
      assertEquals(
          "/there/tools/sluice get -k -s -f -o /dev/null https://127.0.0.1:4433/1000",
          String.join(" ", ColdGet.get(4433)));
      assertEquals(1000, Files.size(folder.resolve("site/1000")));
    } finally {
      System.clearProperty("sluice.launcher");
    }
  }

  @Test
  void ngtcp2ServesNumbersWithTheLimitsOfAll() throws IOException {
    assertEquals(
        "gtlsserver %s --max-dyn-length=8G -d %s 127.0.0.1 4433 %s %s"
            .formatted(
                LIMITS,
                folder.resolve("site"),
                folder.resolve("key.pem"),
                folder.resolve("cert.pem")),
        String.join(" ", Ngtcp2.server(lab, 4433)));
    assertTrue(Files.isDirectory(folder.resolve("site")));
  }

  @Test
  void ngtcp2FetchesUploadsAndAsksWithTheLimitsOfAll() throws IOException {
    String client = "gtlsclient " + LIMITS + " --exit-on-all-streams-close ";
    String server = "127.0.0.1 4433 https://localhost:4433/";
    assertEquals(client + server + "4000", String.join(" ", Ngtcp2.download(4433, 4000)));
    assertEquals(
        client + "-m POST -d " + folder.resolve("site/4000") + " " + server + "1",
        String.join(" ", Ngtcp2.upload(lab, 4433, 4000)));
    assertEquals(4000, Files.size(folder.resolve("site/4000")));
    assertEquals(
        client + "-n 10000 " + server + "1", String.join(" ", Ngtcp2.requests(4433, 10_000)));
  }

  @Test
  void caddyServesFilesOfEveryLengthThatIsAskedFor() throws IOException {
    Path config = folder.resolve("Caddyfile");
    assertEquals(
        List.of("caddy", "run", "--adapter", "caddyfile", "--config", config.toString()),
        Caddy.server(lab, 4433));
    String text = Files.readString(config);
    assertTrue(text.contains("protocols h3\n"), text);
    assertTrue(text.contains("https://localhost:4433 {"), text);
    assertTrue(
        text.contains("tls " + folder.resolve("cert.pem") + " " + folder.resolve("key.pem")), text);
    for (long length : new long[] {1, 4000, 1000, 80}) {
      assertEquals(length, Files.size(folder.resolve("site").resolve(Long.toString(length))));
    }
  }

  @Test
  void theFlightRecorderIsToldByTheEnvironment() {
    List<String> command =
        AllocationProfile.recorded(folder.resolve("a.jfr"), List.of("tools/sluice", "perf"));
    assertEquals(List.of("env", "tools/sluice", "perf"), without(command, 1));
    assertTrue(
        command
            .get(1)
            .startsWith("JDK_JAVA_OPTIONS=\"-XX:StartFlightRecording:settings=none,dumponexit"));
    assertTrue(command.get(1).contains("filename=" + folder.resolve("a.jfr") + ","));
  }

  private static List<String> without(List<String> words, int index) {
    return words.stream().filter(word -> !word.equals(words.get(index))).toList();
  }
}
