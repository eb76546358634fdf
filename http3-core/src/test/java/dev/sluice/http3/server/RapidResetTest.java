package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ConnectionStats;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that give requests up and make others, while handlers have not noticed. */
@Timeout(60)
class RapidResetTest {

  private static Loopback serving(int most, Http3Handler handler) throws IOException {
    return Loopback.of(handler, client -> client, server -> server.maxConcurrentRequests(most));
  }

  /** Opens a request, and returns when the server has it. */
  private static RequestStream request(WireClient client, String path, boolean end)
      throws InterruptedException {
    RequestHead head = RequestHead.of("POST", "https", "localhost", path, Fields.EMPTY);
    while (true) {
      long before = client.onThread((connection, http) -> connection.stats().packetsSent());
      RequestStream request = client.onThread((connection, http) -> http.openRequest(head, end));
      if (request != null) {
        while (!client.onThread((connection, http) -> isAcknowledged(connection, before))) {
          Thread.onSpinWait();
        }
        return request;
      }
      client.await(Http3Event.RequestsAvailable.class);
    }
  }

  private static boolean isAcknowledged(Connection connection, long before) {
    ConnectionStats stats = connection.stats();
    return stats.packetsSent() > before && stats.bytesInFlight() == 0;
  }

  /** Gives it up and waits until the server has said that it is over. */
  private static void giveUp(WireClient client, RequestStream request) throws InterruptedException {
    client.onThread(
        (connection, http) -> {
          request.reset(Http3Error.H3_REQUEST_CANCELLED);
          request.stopReading(Http3Error.H3_REQUEST_CANCELLED);
          return null;
        });
    client.await(Http3Event.Closed.class);
  }

  /** CVE-2023-44487, as it would look here: the limit on streams alone does not bound handlers. */
  @Test
  void noMoreHandlersRunThanTheClientMayHaveRequests() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    try (Loopback loopback =
            serving(
                3,
                exchange -> {
                  begun.incrementAndGet();
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  end.await();
                  running.decrementAndGet();
                  exchange.respond(204, Fields.EMPTY, new byte[0]);
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      for (int i = 0; i < 20; i++) {
        giveUp(client, request(client, "/" + i, false));
      }
      RequestStream last = request(client, "/last", true);
      end.countDown();
      Http3Event.Response response = client.await(Http3Event.Response.class);
      assertEquals(last, response.stream());
      assertEquals(204, response.head().status());
      assertTrue(most.get() <= 3, () -> most + " handlers ran at once");
      // Of 20 at least 18 were over, or there would have been no stream for the last one.
      assertTrue(begun.get() <= 3 + 2 + 1, () -> begun + " handlers were begun");
    }
  }

  /** A handler that has responded long ago tells the loop nothing but that it has returned. */
  @Test
  void theNextHandlerBeginsWhenOneReturns() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Loopback loopback =
            serving(
                1,
                exchange -> {
                  exchange.respond(204, Fields.EMPTY, new byte[0]);
                  end.await();
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestStream first = request(client, "/first", true);
      assertEquals(first, client.await(Http3Event.Response.class).stream());
      RequestStream second = request(client, "/second", true);
      end.countDown();
      assertEquals(second, client.await(Http3Event.Response.class).stream());
    }
  }

  @Test
  void aHandlerThatWaitsForSomethingElseMayLearnThatItIsGivenUp() throws Exception {
    CompletableFuture<RequestEnding> seen = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    try (Loopback loopback =
            serving(
                1,
                exchange -> {
                  begun.countDown();
                  seen.complete(exchange.givenUp().toCompletableFuture().get());
                });
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestStream request = request(client, "/", false);
      begun.await();
      giveUp(client, request);
      RequestEnding.ResetByPeer ending =
          assertInstanceOf(RequestEnding.ResetByPeer.class, seen.get());
      assertEquals(Http3Error.H3_REQUEST_CANCELLED.code(), ending.code());
    }
  }
}
