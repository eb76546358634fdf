package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a request and its response can be, end to end. */
@Timeout(120)
class ExchangesTest {

  private static HttpResponse<String> send(Loopback loopback, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return loopback.client.send(request.build(), BodyHandlers.ofString());
  }

  private static void text(Http3Exchange exchange, int status, String body) throws IOException {
    exchange.respond(status, Fields.EMPTY, body.getBytes("UTF-8"));
  }

  @Test
  void aRequestArrivesAsItWasMade() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              assertEquals("PURGE", exchange.method());
              assertEquals("/a%20b?c=d", exchange.path());
              assertEquals("a", exchange.headers().first("x-one"));
              assertEquals("localhost", exchange.uri().getHost());
              assertEquals("/a b", exchange.uri().getPath());
              assertEquals(exchange.authority(), exchange.uri().getAuthority());
              assertTrue(exchange.remoteAddress().getAddress().isLoopbackAddress());
              assertEquals("localhost", exchange.connection().serverName());
              text(exchange, 200, "fine");
            })) {
      HttpResponse<String> response =
          send(
              loopback,
              loopback
                  .request("/a%20b?c=d#fragment")
                  .header("X-One", "a")
                  .method("PURGE", BodyPublishers.noBody()));
      assertEquals(200, response.statusCode());
      assertEquals("fine", response.body());
      assertEquals(Version.HTTP_2, response.version());
    }
  }

  @Test
  void redirectsAreFollowedWithTheirHistory() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              byte[] body = exchange.requestBody().readAllBytes();
              switch (exchange.path()) {
                case "/start" ->
                    exchange.respond(307, Fields.of("location", "/next"), new byte[100_000]);
                case "/next" -> exchange.respond(303, Fields.of("location", "end?x"), new byte[5]);
                case "/loop" -> exchange.respond(302, Fields.of("location", "/loop"), new byte[0]);
                default -> text(exchange, 200, exchange.method() + body.length);
              }
            },
            client -> client.followRedirects(Redirect.NORMAL))) {
      HttpResponse<String> end =
          send(loopback, loopback.request("/start").POST(BodyPublishers.ofString("body")));
      assertEquals("GET0", end.body());
      assertEquals(loopback.uri("/end?x"), end.uri());
      assertEquals("GET", end.request().method());
      HttpResponse<String> next = end.previousResponse().orElseThrow();
      assertEquals(303, next.statusCode());
      assertEquals("POST", next.request().method());
      HttpResponse<String> start = next.previousResponse().orElseThrow();
      assertEquals(307, start.statusCode());
      assertTrue(start.previousResponse().isEmpty());

      HttpResponse<String> endless = send(loopback, loopback.request("/loop"));
      assertEquals(302, endless.statusCode());
      int followed = 0;
      for (var r = endless.previousResponse(); r.isPresent(); r = r.get().previousResponse()) {
        followed++;
      }
      assertEquals(Redirects.LIMIT, followed);
    }
  }

  @Test
  void cookiesComeAndGo() throws Exception {
    CookieManager cookies = new CookieManager();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              List<String> sent = new ArrayList<>(exchange.headers().all("cookie"));
              Fields fields = Fields.of("set-cookie", "id=7; Path=/; Secure");
              exchange.respond(200, fields, sent.toString().getBytes("UTF-8"));
            },
            client -> client.cookieHandler(cookies))) {
      assertEquals("[]", send(loopback, loopback.request("/")).body());
      assertTrue(send(loopback, loopback.request("/")).body().contains("id=7"));
    }
  }

  @Test
  void credentialsAreAskedForOnceAndThenSentAtOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    Authenticator authenticator =
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            asked.incrementAndGet();
            return new PasswordAuthentication("me", "secret".toCharArray());
          }
        };
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              String given = exchange.headers().first("authorization");
              if ("Basic bWU6c2VjcmV0".equals(given) && !exchange.path().equals("/never")) {
                text(exchange, 200, new String(exchange.requestBody().readAllBytes(), "UTF-8"));
              } else {
                refused.incrementAndGet();
                exchange.respond(
                    401, Fields.of("www-authenticate", "Basic realm=\"x\""), new byte[0]);
              }
            },
            client -> client.authenticator(authenticator))) {
      for (int i = 0; i < 2; i++) {
        assertEquals(
            "hello",
            send(loopback, loopback.request("/").POST(BodyPublishers.ofString("hello"))).body());
      }
      assertEquals(1, asked.get());
      assertEquals(1, refused.get());
      assertThrows(Http3Exception.class, () -> send(loopback, loopback.request("/never")));
      assertEquals(
          401,
          send(loopback, loopback.request("/never").header("authorization", "Bearer x"))
              .statusCode());
    }
  }

  @Test
  void theBodyWaitsForContinue() throws Exception {
    EndlessPublisher never = EndlessPublisher.ofChunks(10);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (exchange.path().equals("/take")) {
                text(exchange, 200, new String(exchange.requestBody().readAllBytes(), "UTF-8"));
              } else {
                text(exchange, 417, "no");
              }
            })) {
      HttpRequest.Builder taken =
          loopback.request("/take").expectContinue(true).POST(BodyPublishers.ofString("body"));
      assertEquals("body", send(loopback, taken).body());
      HttpRequest.Builder refused =
          loopback
              .request("/refuse")
              .expectContinue(true)
              .POST(BodyPublishers.fromPublisher(never));
      assertEquals(417, send(loopback, refused).statusCode());
      assertEquals(0, never.published.get());
      assertEquals("body", send(loopback, taken).body());
    }
  }

  @Test
  void interimResponsesAndTrailersAreNoObstacle() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              exchange.sendInformational(103, Fields.of("link", "</style.css>; rel=preload"));
              OutputStream out = exchange.respond(200, Fields.of("trailer", "x-sum"));
              out.write("body".getBytes("UTF-8"));
              exchange.sendTrailers(Fields.of("x-sum", "42"));
            })) {
      HttpResponse<String> response = send(loopback, loopback.request("/"));
      assertEquals("body", response.body());
      assertEquals(
          "42",
          ((Http3Response<String>) response).trailers().get().firstValue("x-sum").orElseThrow());
    }
  }

  @Test
  void bothBodiesStreamAtOnce() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (InputStream in = exchange.requestBody();
                  OutputStream out = exchange.respond(200, Fields.EMPTY)) {
                for (int b = in.read(); b >= 0; b = in.read()) {
                  out.write(b + 1);
                  out.flush();
                }
              }
            })) {
      Turns turns = new Turns();
      CompletableFuture<HttpResponse<InputStream>> future =
          loopback.client.sendAsync(
              loopback.request("/").POST(BodyPublishers.fromPublisher(turns)).build(),
              BodyHandlers.ofInputStream());
      turns.subscribed.join();
      turns.say((byte) 1);
      try (InputStream in = future.join().body()) {
        for (int i = 1; i < 100; i++) {
          assertEquals(i + 1, in.read()); // the answer to what was said comes before the next
          turns.say((byte) (i + 1));
        }
        assertEquals(101, in.read());
        turns.end();
        assertEquals(-1, in.read());
      }
    }
  }

  @Test
  void aHundredMegabytesEachWayKeepTheirChecksum() throws Exception {
    long total = 100_000_000;
    CRC32C sent = new CRC32C();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              CheckedInputStream in = new CheckedInputStream(exchange.requestBody(), new CRC32C());
              in.transferTo(OutputStream.nullOutputStream());
              try (OutputStream out =
                  exchange.respond(
                      200, Fields.of("x-sum", Long.toString(in.getChecksum().getValue())))) {
                byte[] block = Loopback.bytes(1_000_000);
                for (int i = 0; i < total / block.length; i++) {
                  out.write(block);
                }
              }
            })) {
      byte[] block = Loopback.bytes(1_000_000);
      for (int i = 0; i < total / block.length; i++) {
        sent.update(block);
      }
      List<byte[]> body = Collections.nCopies((int) (total / block.length), block);
      HttpResponse<InputStream> response =
          loopback.client.send(
              loopback.request("/").POST(BodyPublishers.ofByteArrays(body)).build(),
              BodyHandlers.ofInputStream());
      assertEquals(
          Long.toString(sent.getValue()), response.headers().firstValue("x-sum").orElseThrow());
      try (CheckedInputStream in = new CheckedInputStream(response.body(), new CRC32C())) {
        assertEquals(total, in.transferTo(OutputStream.nullOutputStream()));
        assertEquals(sent.getValue(), in.getChecksum().getValue());
      }
    }
  }

  @Test
  void twoHundredRequestsShareOneConnection() throws Exception {
    ConcurrentHashMap<String, Boolean> labels = new ConcurrentHashMap<>();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              labels.put(exchange.connection().label(), true);
              text(exchange, 200, exchange.path());
            })) {
      List<CompletableFuture<HttpResponse<String>>> futures = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        futures.add(
            loopback.client.sendAsync(loopback.request("/" + i).build(), BodyHandlers.ofString()));
      }
      for (int i = 0; i < 200; i++) {
        assertEquals("/" + i, futures.get(i).join().body());
      }
      assertEquals(1, labels.size());
    }
  }

  @Test
  void aSlowReaderHoldsTheServerBack() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (exchange.path().equals("/ping")) {
                text(exchange, 200, "");
                return;
              }
              byte[] block = new byte[64 * 1024];
              OutputStream out = exchange.respond(200, Fields.EMPTY);
              while (true) {
                out.write(block);
                written.addAndGet(block.length);
              }
            })) {
      HttpResponse<InputStream> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
      InputStream in = response.body();
      // Whatever the windows grow to: the server never gets further ahead than they allow.
      long bound = 64L << 20;
      long read = 0;
      byte[] block = new byte[64 * 1024];
      for (int i = 0; i < 400; i++) {
        read += in.readNBytes(block, 0, block.length);
        assertTrue(written.get() - read < bound, () -> written + " written");
      }
      // A reader that has stopped stops the writer: the count comes to rest.
      Quiet.await(loopback, "/ping", written::get);
      assertTrue(written.get() - read < bound, () -> written + " written");
      in.close();
    }
  }

  @Test
  void aSlowServerHoldsThePublisherBack() throws Exception {
    Semaphore go = new Semaphore(0);
    EndlessPublisher endless = EndlessPublisher.ofChunks(64 * 1024);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (exchange.path().equals("/wait")) {
                go.acquire();
              }
              text(exchange, 200, "enough");
            })) {
      CompletableFuture<HttpResponse<String>> future =
          loopback.client.sendAsync(
              loopback.request("/wait").POST(BodyPublishers.fromPublisher(endless)).build(),
              BodyHandlers.ofString());
      Quiet.await(loopback, "/ping", endless.published::get);
      assertTrue(endless.published.get() > 0);
      assertTrue(endless.published.get() < 32L << 20, () -> endless.published + " published");
      go.release();
      assertEquals("enough", future.join().body());
      endless.cancelled.join();
    }
  }

  @Test
  void theExecutorRunsWhatIsTheUsers() throws Exception {
    Executor named =
        Executors.newCachedThreadPool(
            task -> Thread.ofPlatform().daemon().name("mine").unstarted(task));
    try (Loopback loopback =
        Loopback.of(exchange -> text(exchange, 200, "x"), client -> client.executor(named))) {
      List<String> threads = new CopyOnWriteArrayList<>();
      loopback
          .client
          .sendAsync(
              loopback.request("/").build(),
              info -> {
                threads.add(Thread.currentThread().getName());
                return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
              })
          .thenApply(response -> threads.add(Thread.currentThread().getName()))
          .join();
      assertEquals("mine", threads.getFirst());
      assertTrue(loopback.client.executor().isPresent());
    }
  }

  @Test
  void aResponseThatIsCutGivesItsBeginningAndThenTheReason() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              OutputStream out = exchange.respond(200, Fields.of("content-length", "1000"));
              out.write(new byte[600]);
              out.flush();
              seen.await();
              throw new IllegalStateException("the handler breaks on purpose");
            })) {
      HttpResponse<InputStream> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
      InputStream in = response.body();
      assertEquals(600, in.readNBytes(600).length);
      seen.countDown();
      IOException failure = assertThrows(IOException.class, in::read);
      assertEquals(
          new RequestEnding.ResetByPeer(Http3Error.H3_INTERNAL_ERROR.code(), true),
          find(failure).ending());
      assertThrows(ExecutionException.class, () -> ((Http3Response<?>) response).trailers().get());
    }
  }

  private static RequestEndedException find(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof RequestEndedException found) {
        return found;
      }
    }
    throw new AssertionError("no RequestEndedException in it", failure);
  }

  @Test
  @Requirement("RFC9114-3.1.2#1")
  void whatCannotBeSentFailsBeforeItIs() throws Exception {
    try (Loopback loopback = Loopback.of(exchange -> text(exchange, 200, "x"))) {
      URI http = URI.create("http" + loopback.uri("/").toString().substring("https".length()));
      assertThrows(Http3Exception.class, () -> send(loopback, HttpRequest.newBuilder(http)));
      for (int port : new int[] {0, 65536}) {
        URI nowhere = URI.create("https://localhost:" + port + "/");
        assertThrows(Http3Exception.class, () -> send(loopback, HttpRequest.newBuilder(nowhere)));
      }
      assertThrows(UnsupportedOperationException.class, loopback.client::newWebSocketBuilder);
      assertFalse(loopback.client.isTerminated());
    }
    ProxySelector proxy = ProxySelector.of(InetSocketAddress.createUnresolved("proxy", 80));
    try (Loopback loopback =
        Loopback.of(exchange -> text(exchange, 200, "x"), client -> client.proxy(proxy))) {
      assertThrows(Http3Exception.class, () -> send(loopback, loopback.request("/")));
    }
    try (Loopback loopback =
        Loopback.of(
            exchange -> text(exchange, 200, "x"),
            client -> client.proxy(HttpClient.Builder.NO_PROXY))) {
      assertEquals("x", send(loopback, loopback.request("/")).body());
      assertArrayEquals(
          new String[] {"h3"}, loopback.client.sslParameters().getApplicationProtocols());
    }
  }
}
