package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chromium with our server: a page with script, style, images and a POST by fetch. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ChromiumTest {
  private static final int IMAGES = 50;
  private static final int PATIENCE_SECONDS = 150;

  @TempDir Path folder;
  private final CompletableFuture<String> report = new CompletableFuture<>();
  private final CompletableFuture<ConnectionInfo> connection = new CompletableFuture<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPage(boolean retry) throws Exception {
    String chromium = Program.require("chromium", "chromium");
    PeerFiles files = PeerFiles.create(folder);
    try (Http3Server server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(files.identity())
            .retry(retry)
            .handler(this::answer)
            .start()) {
      String origin = "localhost:" + server.localAddress().getPort();
      try (PeerProcess browser = browse(chromium, origin, files)) {
        Map<String, String> seen = parse(reportOf(browser));
        assertEquals(expected(), seen, browser::output);
      }
    }
    // A post-quantum ClientHello: it spans two datagrams, and Chromium scrambles it.
    assertEquals("X25519MLKEM768", connection.get().keyExchangeGroup());
  }

  private String reportOf(PeerProcess browser) throws Exception {
    try {
      return report.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw browser.failure("has not reported");
    }
  }

  private PeerProcess browse(String chromium, String origin, PeerFiles files) throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    return PeerProcess.start(
        folder,
        Map.of("HOME", home.toString()),
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + home,
        // The server listens on 127.0.0.1 only; "localhost" may also be ::1.
        "--host-resolver-rules=MAP localhost 127.0.0.1",
        "--origin-to-force-quic-on=" + origin,
        "--ignore-certificate-errors-spki-list=" + spkiHash(files),
        // Keeps the browser open, which it otherwise is not without a window.
        "--remote-debugging-port=0",
        "https://" + origin + "/page.html");
  }

  private static String spkiHash(PeerFiles files) throws Exception {
    byte[] key = files.identity().certificateChain().getFirst().getPublicKey().getEncoded();
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
  }

  /** Everything the page tells when all of it came, and all of that over HTTP/3. */
  private static Map<String, String> expected() {
    Map<String, String> expected = new TreeMap<>();
    expected.put("widths", String.join(" ", Collections.nCopies(IMAGES, "8")));
    expected.put("post", "200 same");
    expected.put("style", "7px");
    for (String path : new String[] {"/page.html", "/style.css", "/script.js", "/echo"}) {
      expected.put("protocol " + path, "h3");
    }
    for (int i = 0; i < IMAGES; i++) {
      expected.put("protocol /image/" + i + ".svg", "h3");
    }
    return expected;
  }

  private static Map<String, String> parse(String report) {
    Map<String, String> values = new TreeMap<>();
    report.lines().map(line -> line.split("\t", 2)).forEach(l -> values.put(l[0], l[1]));
    return values;
  }

  private void answer(Http3Exchange exchange) throws IOException {
    connection.complete(exchange.connection());
    switch (exchange.path()) {
      case "/page.html" -> resource(exchange, "page.html", "text/html; charset=utf-8");
      case "/style.css" -> resource(exchange, "style.css", "text/css");
      case "/script.js" -> resource(exchange, "script.js", "text/javascript");
      case "/echo" -> {
        try (InputStream in = exchange.requestBody();
            OutputStream out = exchange.respond(200, Fields.EMPTY)) {
          in.transferTo(out);
        }
      }
      case "/report" -> {
        byte[] body = exchange.requestBody().readAllBytes();
        exchange.respond(204, Fields.EMPTY, new byte[0]);
        report.complete(new String(body, StandardCharsets.UTF_8));
      }
      default -> image(exchange);
    }
  }

  private static void resource(Http3Exchange exchange, String name, String type)
      throws IOException {
    try (InputStream in = ChromiumTest.class.getResourceAsStream(name)) {
      exchange.respond(200, Fields.of("content-type", type), in.readAllBytes());
    }
  }

  private static void image(Http3Exchange exchange) throws IOException {
    if (!exchange.path().startsWith("/image/")) {
      exchange.respond(404, Fields.EMPTY, new byte[0]);
      return;
    }
    String image =
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><title>%s</title></svg>
        """
            .formatted(exchange.path());
    exchange.respond(
        200, Fields.of("content-type", "image/svg+xml"), image.getBytes(StandardCharsets.UTF_8));
  }
}
