package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.client.Http3Response;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a handler ends its response, and that no client takes what it could not finish for whole. */
@Timeout(60)
class EndOfResponseTest {

  private static final int BEYOND_WHAT_GATHERS = 100_000;

  private static HttpResponse<byte[]> get(Loopback loopback, String path)
      throws IOException, InterruptedException {
    return loopback.client.send(loopback.request(path).build(), BodyHandlers.ofByteArray());
  }

  /** What {@code try} does where something in it fails. */
  private static void failHavingClosed(Http3Exchange exchange, int written) throws IOException {
    try (ResponseBody out = exchange.respond(200, Fields.of("x-kept", "1"))) {
      out.write(new byte[written]);
      throw new IllegalStateException("broken on purpose");
    }
  }

  @Test
  void aHandlerThatDoesNotRespondIsToldOf() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    Handler notes =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            said.add(record.getMessage() + ": " + record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.sluice.http3.server");
    logger.addHandler(notes);
    try (Loopback loopback = Loopback.of(exchange -> {})) {
      assertEquals(500, get(loopback, "/forgotten").statusCode());
    } finally {
      logger.removeHandler(notes);
    }
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().startsWith("the handler has failed on /forgotten"), said.getFirst());
    assertTrue(said.getFirst().endsWith("the handler has not responded"), said.getFirst());
  }

  @Test
  void aHandlerThatFailsBeforeTheHeadIsA500() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              switch (exchange.path()) {
                case "/throws" -> throw new IllegalStateException("broken on purpose");
                case "/late" -> {
                  exchange.respond(200, Fields.of("x-kept", "1")).write(new byte[10]);
                  throw new IllegalStateException("broken on purpose, too");
                }
                default -> {}
              }
            })) {
      for (String path : new String[] {"/throws", "/late", "/nothing"}) {
        HttpResponse<byte[]> response = get(loopback, path);
        assertEquals(500, response.statusCode(), path);
        assertEquals(0, response.body().length, path);
        assertTrue(response.headers().firstValue("x-kept").isEmpty());
      }
    }
  }

  @Test
  void whatTryHasClosedOnTheWayOutIsA500WhereNothingWasSent() throws Exception {
    try (Loopback loopback = Loopback.of(exchange -> failHavingClosed(exchange, 10))) {
      HttpResponse<byte[]> response = get(loopback, "/");
      assertEquals(500, response.statusCode());
      assertEquals(0, response.body().length);
      assertTrue(response.headers().firstValue("x-kept").isEmpty());
    }
  }

  @Test
  void whatTryHasClosedOnTheWayOutIsResetWhereSomeOfItWasSent() throws Exception {
    try (Loopback loopback =
        Loopback.of(exchange -> failHavingClosed(exchange, BEYOND_WHAT_GATHERS))) {
      IOException failure = assertThrows(IOException.class, () -> get(loopback, "/"));
      RequestEndedException cause = assertInstanceOf(RequestEndedException.class, failure);
      RequestEnding.ResetByPeer ending =
          assertInstanceOf(RequestEnding.ResetByPeer.class, cause.ending());
      assertEquals(Http3Error.H3_INTERNAL_ERROR.code(), ending.code());
    }
  }

  @Test
  void whatWasFinishedArrivesWhateverTheHandlerDoesAfterThat() throws Exception {
    int beyondAnyWindow = 3_000_000;
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              ResponseBody out = exchange.respond(200, Fields.EMPTY);
              out.write(new byte[Integer.parseInt(exchange.path().substring(1))]);
              out.finish();
              throw new IllegalStateException("broken on purpose");
            })) {
      for (int length : new int[] {0, 10, BEYOND_WHAT_GATHERS, beyondAnyWindow}) {
        HttpResponse<byte[]> response = get(loopback, "/" + length);
        assertEquals(200, response.statusCode());
        assertEquals(length, response.body().length);
      }
    }
  }

  @Test
  void aFinishedResponseEndsBeforeItsHandler() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              switch (exchange.path()) {
                case "/whole" -> exchange.respond(200, Fields.EMPTY, new byte[5]);
                case "/finished" -> {
                  ResponseBody out = exchange.respond(200, Fields.EMPTY);
                  out.write(new byte[5]);
                  out.finish();
                }
                default -> {
                  exchange.respond(200, Fields.EMPTY).write(new byte[5]);
                  exchange.sendTrailers(Fields.of("x-last", "1"));
                }
              }
              seen.await();
            })) {
      for (String path : new String[] {"/whole", "/finished", "/trailers"}) {
        assertArrayEquals(new byte[5], get(loopback, path).body(), path);
      }
      seen.countDown();
    }
  }

  /** What is written before a body is closed does not wait for the handler, only the end does. */
  @Test
  void aClosedBodyArrivesBeforeItsHandlerReturnsAndEndsWithIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (ResponseBody out = exchange.respond(200, Fields.EMPTY)) {
                out.write(new byte[BEYOND_WHAT_GATHERS]);
                begun.await();
                out.write(7);
              }
              seen.await();
            })) {
      HttpResponse<InputStream> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        assertEquals(BEYOND_WHAT_GATHERS, in.readNBytes(BEYOND_WHAT_GATHERS).length);
        begun.countDown();
        assertEquals(7, in.read());
        seen.countDown();
        assertEquals(-1, in.read());
      }
    }
  }

  @Test
  void trailersMayFollowABodyThatTryHasClosed() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (ResponseBody out = exchange.respond(200, Fields.EMPTY)) {
                out.write(new byte[5]);
              }
              exchange.sendTrailers(Fields.of("x-last", "1"));
            })) {
      HttpResponse<byte[]> response = get(loopback, "/");
      assertArrayEquals(new byte[5], response.body());
      HttpHeaders trailers = ((Http3Response<?>) response).trailers().join();
      assertEquals("1", trailers.firstValue("x-last").orElse("none"));
    }
  }

  /** RFC 9114 §4.4: either end of a tunnel closes its direction, and may wait for the other's. */
  @Test
  void theEndOfATunnelsDirectionIsSaidAtOnce() throws Exception {
    CompletableFuture<Integer> other = new CompletableFuture<>();
    try (Loopback loopback =
            Loopback.of(
                exchange -> {
                  exchange.respond(200, Fields.EMPTY).close();
                  other.complete(exchange.requestBody().read());
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestHead connect = RequestHead.connect("example.org:22", Fields.EMPTY);
      var tunnel = client.onThread((connection, http) -> http.openRequest(connect, false));
      client.await(Http3Event.RequestEnded.class);
      client.onThread(
          (connection, http) -> {
            tunnel.finish();
            return null;
          });
      assertEquals(-1, other.get());
    }
  }
}
