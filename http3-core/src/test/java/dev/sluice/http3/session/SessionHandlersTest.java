package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WebTransportConfig;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers of sessions that go on when their sessions have ended. */
@Timeout(60)
class SessionHandlersTest {
  private static final int MOST = 3;

  /** The counterpart of RapidResetTest for sessions. */
  @Test
  void noMoreHandlersRunThanTheConnectionMayHaveSessions() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> exchange.respond(404, Fields.EMPTY, new byte[0]),
            client -> client.webTransport(WebTransportConfig.DEFAULT),
            server ->
                server
                    .webTransport(WebTransportConfig.DEFAULT.withMaxSessions(MOST))
                    .webTransport(
                        "/wt",
                        session -> {
                          most.accumulateAndGet(running.incrementAndGet(), Math::max);
                          end.await();
                          running.decrementAndGet();
                        }))) {
      for (int i = 0; i < MOST; i++) {
        connect(loopback).close();
      }
      IOException refused = assertThrows(IOException.class, () -> connect(loopback));
      assertTrue(refused.getMessage().contains("429"), refused.getMessage());
      end.countDown();
      connectWhenHandlersHaveReturned(loopback).close();
      assertTrue(most.get() <= MOST, () -> most + " handlers ran at once");
    }
  }

  private static WebTransport connect(Loopback loopback) throws Exception {
    return loopback.client.connect(loopback.uri("/wt"), SessionOptions.DEFAULT);
  }

  private static WebTransport connectWhenHandlersHaveReturned(Loopback loopback) throws Exception {
    while (true) {
      try {
        return connect(loopback);
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("429"), e.getMessage());
      }
    }
  }
}
