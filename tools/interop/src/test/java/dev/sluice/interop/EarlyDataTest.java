package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.EarlyData;
import dev.sluice.http3.client.SessionStore;
import dev.sluice.http3.server.EarlyRequests;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.quic.connection.EarlyDataState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** 0-RTT with ngtcp2, both ways; {@link CaddyTest} has it with quic-go. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class EarlyDataTest {
  private static final TestBody BODY = new TestBody(100_000);
  private static final Duration LONG = Duration.ofSeconds(120);

  @TempDir Path folder;
  private PeerFiles files;
  private final SessionStore sessions = new SessionStore();

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
    Files.createDirectories(folder.resolve("site"));
    BODY.writeTo(folder.resolve("site/file"));
  }

  // ---- our client ----

  /** One request over a connection of its own, which leaves a session behind. */
  private OurClient.Answer visit(int port) throws Exception {
    try (OurClient client =
        OurClient.to(port, files, b -> b.sessions(sessions).earlyData(EarlyData.SAFE_METHODS))) {
      OurClient.Answer answer = client.get("/file");
      assertEquals(200, answer.status());
      assertEquals(BODY.digest(), answer.body());
      assertTrue(sessions.awaitSession(URI.create("https://localhost:" + port + "/"), LONG));
      return answer;
    }
  }

  @Test
  void ngtcp2sServerTakesIt() throws Exception {
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder.resolve("site"))) {
      assertEquals(EarlyDataState.NONE, visit(server.port()).connection().earlyData());
      OurClient.Answer again = visit(server.port());
      assertTrue(again.connection().resumed());
      assertEquals(EarlyDataState.ACCEPTED, again.connection().earlyData());
      server.awaitLine("frm rx 0 0RTT STREAM");
    }
  }

  @Test
  void ngtcp2sServerTakesItAfterARetry() throws Exception {
    try (Ngtcp2Server server = Ngtcp2Server.start(files, folder.resolve("site"), "-q", "-V")) {
      visit(server.port());
      OurClient.Answer again = visit(server.port());
      assertTrue(again.connection().resumed());
      assertEquals(EarlyDataState.ACCEPTED, again.connection().earlyData());
    }
  }

  @Test
  void ngtcp2sServerTakesItThroughLosses() throws Exception {
    try (Ngtcp2Server server =
        Ngtcp2Server.start(files, folder.resolve("site"), "-q", "--tx-loss=0.1", "--rx-loss=0.1")) {
      visit(server.port());
      for (int i = 0; i < 3; i++) {
        assertTrue(visit(server.port()).connection().resumed());
      }
    }
  }

  // ---- our server ----

  /** Two runs of ngtcp2's client, the second with the first one's session; its log. */
  private String runTwice(OurServer server, String... options) throws IOException {
    run(server, options);
    return run(server, options);
  }

  private String run(OurServer server, String... options) throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("downloads"));
    List<String> command = new ArrayList<>();
    command.add(Program.require("gtlsclient", "ngtcp2-client"));
    command.addAll(List.of("--no-quic-dump", "--no-http-dump", "--exit-on-all-streams-close"));
    command.addAll(List.of("--sni=localhost", "--download=" + downloads));
    command.add("--session-file=" + folder.resolve("session"));
    command.add("--tp-file=" + folder.resolve("parameters"));
    command.addAll(List.of(options));
    command.addAll(List.of("127.0.0.1", server.port(), server.uri("/body/100000")));
    try (PeerProcess client = PeerProcess.start(folder, command.toArray(String[]::new))) {
      client.awaitSuccess(LONG);
      assertEquals(BODY.digest(), Digest.of(Files.newInputStream(downloads.resolve("100000"))));
      return client.output();
    }
  }

  private OurServer start(UnaryOperator<Http3ServerBuilder> options) throws IOException {
    return OurServer.start(
        files, builder -> options.apply(builder.earlyData(EarlyRequests.REFUSE_UNSAFE)));
  }

  @Test
  void ngtcp2sClientSendsIt() throws Exception {
    try (OurServer server = start(UnaryOperator.identity())) {
      String log = runTwice(server);
      assertTrue(log.contains("0RTT STREAM"), "the peer's log");
      assertEquals(EarlyDataState.ACCEPTED, server.connections().getLast().earlyData());
    }
  }

  @Test
  void ngtcp2sClientSendsItOnceMoreAfterARetry() throws Exception {
    try (OurServer server = start(builder -> builder.retry(true))) {
      runTwice(server);
      assertTrue(server.connections().getLast().resumed());
    }
  }

  @Test
  void ngtcp2sClientHasItRefused() throws Exception {
    try (OurServer server = start(UnaryOperator.identity())) {
      run(server);
    }
    try (OurServer other = start(UnaryOperator.identity())) {
      String log = run(other);
      assertTrue(log.contains("0RTT STREAM"), "the peer's log");
      assertEquals(EarlyDataState.REJECTED, other.connections().getLast().earlyData());
    }
  }

  @Test
  void ngtcp2sClientSendsItThroughLosses() throws Exception {
    try (OurServer server = start(UnaryOperator.identity())) {
      run(server, "-q");
      for (int i = 0; i < 3; i++) {
        run(server, "-q", "--tx-loss=0.1", "--rx-loss=0.1");
        assertTrue(server.connections().getLast().resumed());
      }
    }
  }
}
