package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and the echo over real HTTP/3. */
class SiteHandlerTest {
  private static final Duration GRACE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  /** A permit for each line of it: a handler writes one after its client has all of the answer. */
  private final Semaphore written = new Semaphore(0);

  private Http3Server server;
  private Http3Client client;
  private Identity identity;

  @BeforeEach
  void serve() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "0123456789");
    identity =
        SelfSignedIdentity.create(
            List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PrintStream lines =
        new PrintStream(log, true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            super.println(line);
            written.release();
          }
        };
    server =
        Http3Server.builder()
            .address(anyPort)
            .identity(identity)
            .handler(new SiteHandler(new StaticFiles(folder), "/echo", new AccessLog(lines)))
            .start();
    client =
        Http3Client.newBuilder()
            .insecurelyTrustEveryone()
            .resolve("localhost", server.localAddress().getPort(), List.of(anyPort.getAddress()))
            .build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.shutdownNow();
    client.close();
    assertTrue(server.stop(GRACE));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("https://localhost:" + server.localAddress().getPort() + path));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @Test
  void files() throws Exception {
    HttpResponse<byte[]> whole = send(request("/a.txt"));
    assertEquals("0123456789", new String(whole.body(), StandardCharsets.US_ASCII));
    String tag = whole.headers().firstValue("etag").orElseThrow();
    assertEquals(304, send(request("/a.txt").header("if-none-match", tag)).statusCode());
    HttpResponse<byte[]> part = send(request("/a.txt").header("range", "bytes=-1"));
    assertEquals(206, part.statusCode());
    assertArrayEquals(new byte[] {'9'}, part.body());
    HttpResponse<byte[]> head = send(request("/a.txt").HEAD());
    assertEquals("10", head.headers().firstValue("content-length").orElseThrow());
    assertEquals(0, head.body().length);
    assertEquals(405, send(request("/a.txt").DELETE()).statusCode());
    assertEquals(404, send(request("/b.txt")).statusCode());
    client.shutdown();
    assertTrue(server.stop(GRACE));
    assertTrue(written.tryAcquire(6, GRACE.toSeconds(), TimeUnit.SECONDS), "a line for each");
    String lines = log.toString(StandardCharsets.UTF_8);
    assertEquals(6, lines.lines().count(), lines);
    assertTrue(lines.contains("\"GET /a.txt HTTP/3\" 206 1 "), lines);
  }

  /** RFC 9110 §6.6.1. */
  @Test
  void everyAnswerHasItsDate() throws Exception {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    for (String path : List.of("/a.txt", "/b.txt", "/echo")) {
      String date = send(request(path)).headers().firstValue("date").orElse("none");
      Instant said = HttpDate.parse(date).orElseThrow(() -> new AssertionError(path + ": " + date));
      assertFalse(said.isBefore(before) || said.isAfter(Instant.now()), date);
    }
  }

  @Test
  void echo() throws Exception {
    byte[] body = new byte[300_000];
    new SecureRandom().nextBytes(body);
    HttpResponse<byte[]> response =
        send(
            request("/echo?x")
                .header("content-type", "a/b")
                .method("PATCH", BodyPublishers.ofByteArray(body)));
    assertEquals(200, response.statusCode());
    assertEquals("a/b", response.headers().firstValue("content-type").orElseThrow());
    assertArrayEquals(body, response.body());
  }

  @Test
  void whatABrowserNeeds() {
    List<String> lines =
        BrowserHints.lines(identity.certificateChain().getFirst(), "localhost:4433");
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).matches("certificate SHA-256: ([0-9A-F]{2}:){31}[0-9A-F]{2}"));
    assertTrue(lines.get(1).matches("certificate SPKI: +[A-Za-z0-9+/]{43}="), lines.get(1));
    assertTrue(lines.get(2).contains("--origin-to-force-quic-on=localhost:4433"), lines.get(2));
  }
}
