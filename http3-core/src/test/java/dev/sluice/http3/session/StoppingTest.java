package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.io.ContentRetention;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is being stopped, and a request for a session that was on its way then. */
@Timeout(60)
class StoppingTest {
  private static final WebTransportConfig CONFIG = WebTransportConfig.DEFAULT;

  private final MemoryLink link = new MemoryLink();
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
  private final Side client = new Side(link.client(), request -> {});
  private final Side server =
      new Side(link.server(), request -> request.serve(this::handle, "handler", null));

  private final class Side {
    final Http3Connection http;
    final WebTransportDriver driver;

    Side(MemoryTransport quic, Consumer<ServerSession> onRequested) {
      quic.maxDatagram(1200);
      quic.resetAt(true);
      http = new Http3Connection(quic, CONFIG.applyTo(Http3Config.DEFAULT), new Random(1));
      ContentRetention retention =
          new ContentRetention((task, delay) -> {}, ContentRetention.USUAL);
      driver = new WebTransportDriver(http, CONFIG, tasks::add, retention, onRequested);
    }

    void process() {
      http.process();
      for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
        driver.onEvent(event);
      }
    }
  }

  private void handle(WebTransport session) {
    tasks.add(() -> drained.complete(session.draining().toCompletableFuture().isDone()));
  }

  private void run() {
    for (int i = 0; i < 5; i++) {
      client.process();
      server.process();
      link.deliverAll();
    }
  }

  @Test
  void theSessionIsToWindDownFromItsBeginning() throws Exception {
    run();
    client.driver.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
    server.driver.onStopping();
    server.http.announceGoaway();
    run();
    while (!drained.isDone()) {
      tasks.take().run();
      run();
    }
    assertTrue(drained.get());
  }
}
