package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.client.EarlyData;
import dev.sluice.http3.client.SessionStore;
import dev.sluice.peers.FreePort;
import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.peers.VersionProbe;
import dev.sluice.quic.connection.EarlyDataState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client with Caddy, which has quic-go inside. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class CaddyTest {
  private static final Duration START = Duration.ofSeconds(60);

  /** Files at the root, and an echo: the request's body is a placeholder of Caddy's. */
  private static final String CADDYFILE =
      """
      {
        admin off
        auto_https disable_redirects
        servers {
          protocols h3
        }
      }
      https://localhost:%s {
        tls %s %s
        handle /echo {
          respond "{http.request.body}"
        }
        handle {
          root * %s
          file_server
        }
      }
      """;

  @TempDir Path folder;
  private PeerFiles files;
  private int port;
  private PeerProcess caddy;
  private OurClient client;

  @BeforeEach
  void start() throws IOException {
    String program = Program.require("caddy", "caddy");
    files = PeerFiles.create(folder);
    port = FreePort.udp();
    Path site = Files.createDirectory(folder.resolve("site"));
    Path config =
        Files.writeString(
            folder.resolve("Caddyfile"),
            CADDYFILE.formatted(port, files.certificate(), files.key(), site));
    // Caddy keeps state under the home folder.
    Map<String, String> home =
        Map.of(
            "HOME", folder.toString(),
            "XDG_CONFIG_HOME", folder.toString(),
            "XDG_DATA_HOME", folder.toString());
    caddy =
        PeerProcess.start(
            folder, home, program, "run", "--adapter", "caddyfile", "--config", config.toString());
    VersionProbe.await(port, START, caddy);
    client = OurClient.to(port, files);
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    if (caddy != null) {
      caddy.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000, 100_000_000})
  void get(long length) throws Exception {
    TestBody body = new TestBody(length);
    body.writeTo(folder.resolve("site/file"));
    OurClient.Answer answer = client.get("/file");
    assertEquals(200, answer.status());
    assertEquals(body.digest(), answer.body());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000})
  void post(long length) throws Exception {
    TestBody body = new TestBody(length);
    OurClient.Answer answer = client.post("/echo", body);
    assertEquals(200, answer.status());
    assertEquals(body.digest(), answer.body());
  }

  @Test
  void zeroRtt() throws Exception {
    TestBody body = new TestBody(100_000);
    body.writeTo(folder.resolve("site/file"));
    SessionStore sessions = new SessionStore();
    for (EarlyDataState expected :
        List.of(EarlyDataState.NONE, EarlyDataState.ACCEPTED, EarlyDataState.ACCEPTED)) {
      try (OurClient own =
          OurClient.to(port, files, b -> b.sessions(sessions).earlyData(EarlyData.SAFE_METHODS))) {
        OurClient.Answer answer = own.get("/file");
        assertEquals(body.digest(), answer.body());
        assertEquals(expected, answer.connection().earlyData());
        sessions.awaitSession(URI.create("https://localhost:" + port + "/"), START);
      }
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    TestBody body = new TestBody(20_000);
    body.writeTo(folder.resolve("site/file"));
    for (OurClient.Answer answer : client.getAll(Collections.nCopies(300, "/file"))) {
      assertEquals(200, answer.status());
      assertEquals(body.digest(), answer.body());
    }
  }
}
