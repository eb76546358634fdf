package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.webtransport.WebTransportConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a handler can do and what becomes of it, seen from the client. */
@Timeout(60)
class Http3ServerTest {

  private static HttpResponse<byte[]> send(Loopback loopback, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return loopback.client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String length(HttpResponse<?> response) {
    return response.headers().firstValue("content-length").orElse("none");
  }

  @Test
  void lengthsAreAddedAndBodiesLeftOutWhereTheRulesSaySo() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              switch (exchange.path()) {
                case "/small" -> exchange.respond(200, Fields.EMPTY, new byte[5]);
                case "/empty" -> exchange.respond(200, Fields.EMPTY);
                case "/204" -> exchange.respond(204, Fields.EMPTY);
                case "/304" -> exchange.respond(304, Fields.of("content-length", "77"));
                case "/streamed" -> {
                  try (OutputStream out = exchange.respond(200, Fields.EMPTY)) {
                    out.write(1);
                    out.flush();
                    out.write(2);
                  }
                }
                case "/204-with-body" -> {
                  OutputStream out = exchange.respond(204, Fields.EMPTY);
                  assertThrows(IOException.class, () -> out.write(1));
                }
                default -> throw new AssertionError(exchange.path());
              }
            })) {
      assertEquals("5", length(send(loopback, loopback.request("/small"))));
      assertEquals("0", length(send(loopback, loopback.request("/empty"))));
      assertEquals("none", length(send(loopback, loopback.request("/204"))));
      assertEquals("77", length(send(loopback, loopback.request("/304"))));
      HttpResponse<byte[]> streamed = send(loopback, loopback.request("/streamed"));
      assertArrayEquals(new byte[] {1, 2}, streamed.body());
      HttpResponse<byte[]> head = send(loopback, loopback.request("/small").HEAD());
      assertEquals("5", length(head));
      assertEquals(0, head.body().length);
      assertEquals(204, send(loopback, loopback.request("/204-with-body")).statusCode());
    }
  }

  @Test
  void aResponseIsHeldToItsContentLength() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              OutputStream out = exchange.respond(200, Fields.of("content-length", "10"));
              out.write(new byte[9]);
              if (exchange.path().equals("/more")) {
                assertThrows(IOException.class, () -> out.write(new byte[2]));
                out.write(1);
              } else {
                out.flush();
                exchange.requestBody().readAllBytes(); // until the client has seen the nine
                assertThrows(IOException.class, out::close);
              }
            })) {
      assertEquals(10, send(loopback, loopback.request("/more")).body().length);
      CompletableFuture<Flow.Subscriber<? super ByteBuffer>> upload = new CompletableFuture<>();
      HttpRequest less =
          loopback
              .request("/less")
              .POST(
                  BodyPublishers.fromPublisher(
                      subscriber -> {
                        subscriber.onSubscribe(new NoSubscription());
                        upload.complete(subscriber);
                      }))
              .build();
      InputStream in = loopback.client.send(less, BodyHandlers.ofInputStream()).body();
      assertEquals(9, in.readNBytes(9).length);
      upload.join().onComplete();
      IOException failure = assertThrows(IOException.class, in::read);
      RequestEndedException cause = (RequestEndedException) failure.getCause();
      assertEquals(
          new RequestEnding.ResetByPeer(Http3Error.H3_INTERNAL_ERROR.code(), true), cause.ending());
    }
  }

  /** Whoever reads from it would wait for ever, and the server keep it. */
  @Test
  void aConnectionThatTheProgramHasFailedEndsForAllThatIsOnIt() throws Exception {
    CompletableFuture<Void> began = new CompletableFuture<>();
    CompletableFuture<RequestEnding> seen = new CompletableFuture<>();
    WebTransportConfig broken =
        WebTransportConfig.DEFAULT.withOriginPolicy(
            (origin, request) -> {
              throw new IllegalStateException("broken on purpose");
            });
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              began.complete(null);
              try {
                exchange.requestBody().read();
              } catch (RequestEndedException e) {
                seen.complete(e.ending());
                throw e;
              }
            },
            client -> client.webTransport(WebTransportConfig.DEFAULT),
            server -> server.webTransport("/wt", session -> {}).webTransport(broken))) {
      HttpRequest.Builder endless =
          loopback
              .request("/")
              .POST(
                  BodyPublishers.fromPublisher(
                      subscriber -> subscriber.onSubscribe(new NoSubscription())));
      loopback.client.sendAsync(endless.build(), BodyHandlers.discarding());
      began.get();
      SessionOptions page = SessionOptions.DEFAULT.withFields(Fields.of("origin", "https://a"));
      assertThrows(IOException.class, () -> loopback.client.connect(loopback.uri("/wt"), page));
      assertInstanceOf(RequestEnding.ConnectionLost.class, seen.get());
    }
  }

  private record NoSubscription() implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  @Test
  void theOrderOfCallsIsChecked() throws Exception {
    CompletableFuture<Void> checked = new CompletableFuture<>();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              assertThrows(IllegalStateException.class, exchange::requestTrailers);
              assertThrows(IllegalStateException.class, () -> exchange.sendTrailers(Fields.EMPTY));
              assertThrows(
                  IllegalArgumentException.class,
                  () -> exchange.sendInformational(200, Fields.EMPTY));
              assertThrows(
                  IllegalArgumentException.class,
                  () -> exchange.sendInformational(103, Fields.of("bad name", "x")));
              assertThrows(
                  IllegalArgumentException.class, () -> exchange.respond(103, Fields.EMPTY));
              assertThrows(
                  IllegalArgumentException.class,
                  () -> exchange.respond(200, Fields.of("bad name", "x")));
              ResponseBody out = exchange.respond(200, Fields.EMPTY);
              assertThrows(IllegalStateException.class, () -> exchange.respond(200, Fields.EMPTY));
              assertThrows(
                  IllegalStateException.class, () -> exchange.sendInformational(103, Fields.EMPTY));
              assertThrows(
                  IllegalArgumentException.class,
                  () -> exchange.sendTrailers(Fields.of("bad name", "x")));
              out.close();
              assertThrows(IOException.class, () -> out.write(1));
              out.finish();
              out.finish();
              assertThrows(IllegalStateException.class, () -> exchange.sendTrailers(Fields.EMPTY));
              assertEquals(-1, exchange.requestBody().read());
              assertEquals(Fields.EMPTY, exchange.requestTrailers());
              checked.complete(null);
            })) {
      assertEquals(200, send(loopback, loopback.request("/")).statusCode());
      checked.get();
    }
  }

  @Test
  void aHeadThatHttp3DoesNotAllowIsA500() throws Exception {
    try (Loopback loopback =
        Loopback.of(exchange -> exchange.respond(200, Fields.of("connection", "close")))) {
      assertEquals(500, send(loopback, loopback.request("/")).statusCode());
    }
  }

  @Test
  void anUnreadRequestBodyIsNoObstacle() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (count.incrementAndGet() % 2 == 0) {
                exchange.requestBody().close();
              }
              exchange.respond(200, Fields.EMPTY, new byte[] {7});
            })) {
      byte[] large = Loopback.bytes(3_000_000);
      for (int i = 0; i < 20; i++) {
        HttpResponse<byte[]> response =
            send(loopback, loopback.request("/").POST(BodyPublishers.ofByteArray(large)));
        assertArrayEquals(new byte[] {7}, response.body());
      }
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheWriting() throws Exception {
    CompletableFuture<RequestEnding> seen = new CompletableFuture<>();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              OutputStream out = exchange.respond(200, Fields.EMPTY);
              try {
                while (true) {
                  out.write(new byte[100_000]);
                }
              } catch (RequestEndedException e) {
                seen.complete(e.ending());
                throw e;
              }
            })) {
      try (InputStream in =
          loopback
              .client
              .send(loopback.request("/").build(), BodyHandlers.ofInputStream())
              .body()) {
        in.readNBytes(1_000_000);
      }
      RequestEnding.ResetByPeer stopped =
          assertInstanceOf(RequestEnding.ResetByPeer.class, seen.get());
      assertEquals(Http3Error.H3_REQUEST_CANCELLED.code(), stopped.code());
    }
  }

  @Test
  void aClientThatWantsNoResponseNeedNotSendTheRest() throws Exception {
    try (Loopback loopback =
            Loopback.of(
                exchange -> {
                  OutputStream out = exchange.respond(200, Fields.EMPTY);
                  while (true) {
                    out.write(new byte[1000]);
                    out.flush();
                  }
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestHead post = RequestHead.of("POST", "https", "localhost", "/", Fields.EMPTY);
      client.onThread(
          (connection, http) -> {
            RequestStream request = http.openRequest(post, false);
            request.stopReading(Http3Error.H3_REQUEST_CANCELLED);
            return request;
          });
      assertEquals(Http3Error.H3_NO_ERROR.code(), client.await(Http3Event.Stopped.class).code());
    }
  }

  /** Nobody else would end the request then, which the handler has not read. */
  @Test
  void aResponseThatIsNotWantedAfterTheHandlerNeedsNoRequestEither() throws Exception {
    CompletableFuture<Void> handled = new CompletableFuture<>();
    try (Loopback loopback =
            Loopback.of(
                exchange -> {
                  // More than the client's window and the stream's buffer hold, and the rest of it
                  // less than half of the pipe, or its writer might wait for that half.
                  exchange.respond(200, Fields.EMPTY).write(new byte[11 << 17]);
                  handled.complete(null);
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestHead post = RequestHead.of("POST", "https", "localhost", "/", Fields.EMPTY);
      RequestStream request = client.onThread((connection, http) -> http.openRequest(post, false));
      handled.get();
      client.onThread(
          (connection, http) -> {
            request.stopReading(Http3Error.H3_REQUEST_CANCELLED);
            return null;
          });
      assertEquals(Http3Error.H3_NO_ERROR.code(), client.await(Http3Event.Stopped.class).code());
    }
  }

  @Test
  void aRequestHeadBeyondTheLimitIsNotServed() throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              served.incrementAndGet();
              exchange.respond(200, Fields.EMPTY, new byte[0]);
            },
            client -> client,
            server -> server.maxFieldSectionSize(2000))) {
      assertEquals(200, send(loopback, loopback.request("/")).statusCode());
      HttpRequest.Builder large = loopback.request("/").header("x-large", "x".repeat(3000));
      int status;
      try {
        status = send(loopback, large).statusCode();
      } catch (IOException e) {
        status = 431; // the client knows the server's limit already, or was told by a reset
      }
      assertEquals(431, status);
      assertEquals(1, served.get());
      assertEquals(200, send(loopback, loopback.request("/")).statusCode());
    }
  }

  @Test
  void aResponseHeadBeyondTheClientsLimitIsNotDelivered() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange ->
                exchange.respond(
                    200,
                    exchange.path().equals("/large")
                        ? Fields.of("x-large", "x".repeat(3000))
                        : Fields.EMPTY,
                    new byte[0]),
            client -> client.maxFieldSectionSize(2000))) {
      assertEquals(200, send(loopback, loopback.request("/")).statusCode());
      int status;
      try {
        status = send(loopback, loopback.request("/large")).statusCode();
      } catch (RequestEndedException e) {
        status = 500;
      }
      assertEquals(500, status);
    }
  }

  @Test
  void onlySoManyRequestsRunAtOnce() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.yield();
              running.decrementAndGet();
              exchange.respond(200, Fields.EMPTY, new byte[0]);
            },
            client -> client,
            server -> server.maxConcurrentRequests(3))) {
      var futures =
          IntStream.range(0, 60)
              .mapToObj(
                  i ->
                      loopback.client.sendAsync(
                          loopback.request("/" + i).build(), BodyHandlers.discarding()))
              .toList();
      for (var future : futures) {
        assertEquals(200, future.join().statusCode());
      }
      assertTrue(most.get() <= 3, () -> most.toString());
    }
  }

  @Test
  void theIdentityMayComeFromFiles(@TempDir Path directory) throws Exception {
    Path chain = directory.resolve("chain.pem");
    Path key = directory.resolve("key.pem");
    Files.writeString(
        chain, pem("CERTIFICATE", Loopback.IDENTITY.certificateChain().getFirst().getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", Loopback.IDENTITY.privateKey().getEncoded()));
    try (Loopback loopback =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY, new byte[0]),
            client -> client,
            server -> {
              try {
                return server.identity(chain, key);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })) {
      assertEquals(200, send(loopback, loopback.request("/")).statusCode());
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  @Test
  void aServerNeedsAHandlerAndAnIdentity() {
    assertThrows(IllegalStateException.class, () -> Http3Server.builder().start());
  }
}
