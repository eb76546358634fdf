package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WebTransportConfig;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers of sessions that go on when their sessions have ended. */
@Timeout(60)
class SessionHandlersTest {
  private static final int MOST = WebTransportDriver.HANDLERS;

  /** The counterpart of RapidResetTest for sessions. */
  @Test
  void noMoreThanSoManyRun() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> exchange.respond(404, Fields.EMPTY, new byte[0]),
            client -> client.webTransport(WebTransportConfig.DEFAULT),
            server ->
                server.webTransport(
                    "/wt",
                    session -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      end.await();
                      running.decrementAndGet();
                    }))) {
      for (int i = 0; i < MOST; i++) {
        connect(loopback).close();
      }
      CompletableFuture<WebTransport> next =
          loopback.client.connectAsync(loopback.uri("/wt"), SessionOptions.DEFAULT);
      // What is asked for behind it is answered, so that the server has it.
      assertEquals(
          404, loopback.client.send(behind(loopback), BodyHandlers.discarding()).statusCode());
      assertFalse(next.isDone());
      end.countDown();
      next.get().close();
      assertTrue(most.get() <= MOST, () -> most + " handlers ran at once");
    }
  }

  private static HttpRequest behind(Loopback loopback) {
    return loopback.request("/").build();
  }

  private static WebTransport connect(Loopback loopback) throws Exception {
    return loopback.client.connect(loopback.uri("/wt"), SessionOptions.DEFAULT);
  }
}
