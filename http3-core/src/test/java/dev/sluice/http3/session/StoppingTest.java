package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.webtransport.WebTransportConfig;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is being stopped, and a request for a session that was on its way then. */
@Timeout(60)
class StoppingTest {
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
  private final DriverPair pair = new DriverPair(WebTransportConfig.DEFAULT, this::handle);

  private void handle(WebTransport session) {
    pair.later(() -> drained.complete(session.draining().toCompletableFuture().isDone()));
  }

  @Test
  void theSessionIsToWindDownFromItsBeginning() throws Exception {
    pair.run();
    pair.connect();
    pair.server.driver.onStopping();
    pair.server.http.announceGoaway();
    assertTrue(pair.await(drained));
  }
}
