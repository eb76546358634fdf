package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.QuicServer;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice get} when something is wrong: one clear line, and curl's exit code. */
class GetFailuresTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** A port that no socket gets by chance (RFC 863). */
  private static final int DISCARD = 9;

  /** Longer than a busy machine keeps either side from the other's datagrams. */
  private static final Duration IDLE = Duration.ofSeconds(3);

  @TempDir Path folder;

  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void letHandlersGo() {
    over.countDown();
  }

  private static Http3Server serve(Identity identity) throws IOException {
    return Http3Server.builder()
        .address(ANY_PORT)
        .identity(identity)
        .handler(exchange -> exchange.respond(200, Fields.EMPTY, new byte[100_000]))
        .start();
  }

  private static void expect(int code, String line, Commands.Result result) {
    assertEquals(code, result.code(), result.toString());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("sluice: (" + code + ") "), result.err());
    assertTrue(result.err().contains(line), result.err());
  }

  private static Commands.Result get(int port, String... arguments) {
    String[] all = new String[arguments.length + 4];
    all[0] = "get";
    all[1] = "--resolve";
    all[2] = "localhost:" + port + ":127.0.0.1";
    all[3] = "https://localhost:" + port + "/";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return Commands.run(all);
  }

  @Test
  void aCertificateThatNobodyVouchesFor() throws IOException {
    try (Http3Server server = serve(Commands.identity(Instant.now(), "localhost"))) {
      expect(60, "localhost is refused: no authority", get(server.localAddress().getPort()));
      assertEquals(0, get(server.localAddress().getPort(), "-k").code());
    }
  }

  @Test
  void aCertificateForAnotherName() throws IOException {
    Identity identity = Commands.identity(Instant.now(), "example.org");
    String trusted = Commands.certificate(folder, identity).toString();
    try (Http3Server server = serve(identity)) {
      expect(60, "localhost", get(server.localAddress().getPort(), "--cacert", trusted));
    }
  }

  @Test
  void anExpiredCertificate() throws IOException {
    Identity identity = Commands.identity(Instant.now().minus(Duration.ofDays(30)), "localhost");
    String trusted = Commands.certificate(folder, identity).toString();
    try (Http3Server server = serve(identity)) {
      Commands.Result result = get(server.localAddress().getPort(), "--cacert", trusted);
      expect(60, "the certificate of localhost is refused", result);
      assertTrue(result.err().matches("(?is).*(expired|validity|notafter).*"), result.err());
    }
  }

  @Test
  void noApplicationProtocolInCommon() throws IOException {
    Identity identity = Commands.identity(Instant.now(), "localhost");
    try (QuicServer server =
        QuicServer.builder()
            .address(ANY_PORT)
            .identity(identity)
            .applicationProtocols("other")
            .start()) {
      expect(35, "alert 120", get(server.localAddress().getPort(), "-k"));
    }
  }

  @Test
  void aRefusedPort() throws IOException {
    // Whoever is connected to another peer keeps the port from others, and takes nothing of theirs.
    try (DatagramSocket socket = new DatagramSocket(ANY_PORT)) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), DISCARD));
      expect(7, "no connection to localhost", get(socket.getLocalPort()));
    }
  }

  @Test
  void anUnknownHost() {
    expect(
        6,
        "could not resolve host: no-such-host.invalid",
        Commands.run("get", "https://no-such-host.invalid/"));
  }

  @Test
  void aPeerThatNeverAnswers() throws IOException {
    try (DatagramSocket silent = new DatagramSocket(ANY_PORT)) {
      expect(28, "timed out after 300 ms", get(silent.getLocalPort(), "--max-time", "0.3"));
    }
  }

  @Test
  void aPeerThatVanishesHalfWay() throws Exception {
    Identity identity = Commands.identity(Instant.now(), "localhost");
    try (Http3Server server =
            Http3Server.builder()
                .address(ANY_PORT)
                .identity(identity)
                .idleTimeout(IDLE)
                .handler(this::stall)
                .start();
        Relay relay = new Relay(server.localAddress())) {
      cutAfter(relay, folder.resolve("out"));
      Commands.Result result = get(relay.port(), "-k", "-o", folder.resolve("out").toString());
      expect(28, "idle timeout", result);
      assertEquals(1000, Files.size(folder.resolve("out")), "what had come is kept");
    }
  }

  /** A thousand bytes, and no more while the test lasts. */
  private void stall(Http3Exchange exchange) throws IOException, InterruptedException {
    OutputStream out = exchange.respond(200, Fields.of("content-length", "2000"));
    out.write(new byte[1000]);
    out.flush();
    over.await();
  }

  /** Cuts the cable as soon as the first part is there. */
  private static void cutAfter(Relay relay, Path file) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                awaitArrival(file);
                relay.cut();
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  /**
   * Asks again only when something has changed, and leaves the processor to those who change it.
   */
  private static void awaitArrival(Path file) throws IOException, InterruptedException {
    try (WatchService changes = file.getFileSystem().newWatchService()) {
      file.getParent()
          .register(
              changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      while (file.toFile().length() < 1000) {
        WatchKey key = changes.take();
        key.pollEvents();
        key.reset();
      }
    }
  }

  @Test
  void aResponseThatIsCutShort() throws IOException {
    Path file = folder.resolve("out");
    Identity identity = Commands.identity(Instant.now(), "localhost");
    try (Http3Server server =
        Http3Server.builder()
            .address(ANY_PORT)
            .identity(identity)
            .handler(
                exchange -> {
                  OutputStream out = exchange.respond(200, Fields.of("content-length", "2000"));
                  out.write(new byte[1000]);
                  out.flush();
                  // A reset that came sooner could overtake the head.
                  awaitArrival(file);
                })
            .start()) {
      expect(
          18,
          "in the middle of the message",
          get(server.localAddress().getPort(), "-k", "-o", file.toString()));
    }
  }

  @Test
  void aFullDisk() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "skipped: no /dev/full here");
    try (Http3Server server = serve(Commands.identity(Instant.now(), "localhost"))) {
      expect(
          23,
          "cannot write to /dev/full",
          get(server.localAddress().getPort(), "-k", "-o", "/dev/full"));
    }
  }

  @Test
  void aFolderThatIsMissing() throws IOException {
    try (Http3Server server = serve(Commands.identity(Instant.now(), "localhost"))) {
      expect(
          23,
          "cannot write to /nonexistent/file: no such file or folder",
          get(server.localAddress().getPort(), "-k", "-o", "/nonexistent/file"));
    }
    expect(
        26,
        "cannot serve /nonexistent: no such file or folder",
        Commands.run("serve", "--root", "/nonexistent"));
    expect(26, "/dev/null: not a folder", Commands.run("serve", "--root", "/dev/null"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, get, http://localhost/",
    "3, get, https://[/",
    "2, get, ''",
    "2, nonsense, ''",
    "2, get, --nonsense",
  })
  void usage(int code, String command, String argument) {
    Commands.Result result =
        argument.isEmpty() ? Commands.run(command) : Commands.run(command, argument);
    assertEquals(code, result.code(), result.toString());
    assertEquals("", result.text());
  }

  @ParameterizedTest
  @CsvSource({
    "77, --cacert, /nonexistent/ca.pem",
    "58, --cert, /nonexistent/cert.pem",
    "26, -T, /nonexistent/file",
    "26, -d, @/nonexistent/file",
    "2, --resolve, nonsense",
    "2, -H, nonsense",
    "2, --max-time, -1",
    "2, --key, /nonexistent/key.pem",
  })
  void optionsThatCannotBeUsed(int code, String option, String value) {
    Commands.Result result = Commands.run("get", option, value, "https://localhost/");
    assertEquals(code, result.code(), result.toString());
    assertEquals(1, result.err().lines().count(), result.err());
  }

  @ParameterizedTest
  @CsvSource({"--help", "get --help", "serve --help", "demo --help", "--version", "get -V"})
  void help(String arguments) {
    Commands.Result result = Commands.run(arguments.split(" "));
    assertEquals(0, result.code());
    assertEquals("", result.err());
    assertTrue(result.text().contains("sluice"), result.text());
  }
}
