package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose port several threads serve. */
@Timeout(60)
class SeveralLoopsTest {
  private final Set<String> connections = ConcurrentHashMap.newKeySet();
  private final Set<Thread> loopsInUse = ConcurrentHashMap.newKeySet();
  private final CountDownLatch finish = new CountDownLatch(1);

  /** On the thread of the loop that the connection belongs to. */
  private Tracer onConnection() {
    loopsInUse.add(Thread.currentThread());
    return Tracer.NONE;
  }

  private void answer(Http3Exchange exchange) throws Exception {
    connections.add(exchange.connection().label());
    if (exchange.path().equals("/slow")) {
      finish.await();
    }
    exchange.respond(200, Fields.EMPTY).close();
  }

  @Test
  void servesAllClientsAndStopsOnAllLoops() throws Exception {
    try (Loopback shared =
        Loopback.of(
            this::answer, client -> client, server -> server.loops(3).tracer(this::onConnection))) {
      assertTrue(shared.server.ioDescription().endsWith("; 3 loops"));
      List<Http3Client> clients = new ArrayList<>();
      for (int i = 0; i < 12; i++) { // on one loop alone: once in 177147 runs
        clients.add(Loopback.clientFor(Loopback.IDENTITY).io(IoMode.PORTABLE).build());
      }
      List<CompletableFuture<HttpResponse<Void>>> slow = new ArrayList<>();
      for (Http3Client client : clients) {
        assertEquals(
            200, client.send(shared.request("/").build(), BodyHandlers.discarding()).statusCode());
        slow.add(client.sendAsync(shared.request("/slow").build(), BodyHandlers.discarding()));
      }
      assertEquals(12, connections.size(), "each with a number of its own");
      assertTrue(loopsInUse.size() > 1, loopsInUse.toString());
      CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> stop(shared.server));
      finish.countDown();
      for (CompletableFuture<HttpResponse<Void>> response : slow) {
        assertEquals(200, response.get().statusCode());
      }
      assertTrue(stopped.get());
      assertThrows(
          ConnectException.class,
          () -> shared.client.send(shared.request("/").build(), BodyHandlers.discarding()));
      clients.forEach(Http3Client::close);
    }
  }

  /** Threads that keep the program alive, for a server that there is not. */
  @Test
  void aServerThatCannotBeginLeavesNoThread() {
    Http3ServerBuilder broken =
        Http3Server.builder()
            .identity(Loopback.IDENTITY)
            .handler(this::answer)
            .daemon(false)
            .endpoint(
                settings -> {
                  throw new IllegalStateException("no");
                });
    assertThrows(IllegalStateException.class, broken::start);
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("sluice-http3-server"))
            .filter(thread -> !thread.isDaemon())
            .toList());
  }

  private static boolean stop(Http3Server server) {
    try {
      return server.stop(Duration.ofSeconds(50));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void thereAreOneToSixtyFour() {
    assertThrows(IllegalArgumentException.class, () -> Http3Server.builder().loops(0));
    assertThrows(IllegalArgumentException.class, () -> Http3Server.builder().loops(65));
  }
}
