package dev.sluice.http3.session;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.LoopResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** The sessions of a client and a server over a link in memory; the test's thread is their loop. */
final class DriverPair {
  final MemoryLink link = new MemoryLink();
  final Side client;
  final Side server;
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<Runnable> timers = new ArrayList<>();
  private volatile boolean ended;

  /** One end. */
  final class Side {
    final Http3Connection http;
    final WebTransportDriver driver;

    private Side(
        MemoryTransport quic, WebTransportConfig config, Consumer<ServerSession> onRequested) {
      quic.maxDatagram(1200);
      quic.resetAt(true);
      http = new Http3Connection(quic, config.applyTo(Http3Config.DEFAULT), new Random(1));
      ContentRetention retention =
          new ContentRetention((task, delay) -> {}, ContentRetention.USUAL);
      LoopResources loop =
          new LoopResources(
              DriverPair.this::execute, (task, delay) -> timers.add(task), retention, null);
      driver = new WebTransportDriver(http, config, loop, () -> {}, onRequested);
    }

    void process() {
      http.process();
      for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
        driver.onEvent(event);
      }
      driver.dispatch();
    }
  }

  DriverPair(WebTransportConfig config, WebTransportHandler handler) {
    client = new Side(link.client(), config, request -> {});
    server = new Side(link.server(), config, request -> request.serve(handler, "handler", null));
  }

  private void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException();
    }
    tasks.add(task);
  }

  /** The loop takes no more tasks. */
  void end() {
    ended = true;
  }

  /** The client asks for a session. */
  CompletableFuture<WebTransport> connect() {
    return client.driver.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
  }

  /** Something is to be done on the loop. Any thread. */
  void later(Runnable task) {
    tasks.add(task);
  }

  /** What was to be done later is due. */
  void passTime() {
    timers.forEach(Runnable::run);
    client.process();
    server.process();
  }

  /** Delivers, and acts on what has come. */
  void run() {
    for (int i = 0; i < 12; i++) {
      client.process();
      server.process();
      link.deliverAll();
    }
  }

  /** Does that, and what is asked for meanwhile, until a task has done what is waited for. */
  <T> T await(CompletableFuture<T> result) throws InterruptedException {
    run();
    while (!result.isDone()) {
      tasks.take().run();
      run();
    }
    return result.join();
  }
}
