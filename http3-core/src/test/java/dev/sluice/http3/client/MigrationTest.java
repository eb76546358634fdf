package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.quic.connection.MigrationConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.trace.TraceEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client moves to another address with all of its connections. */
@Timeout(60)
class MigrationTest {
  private final Queue<TraceEvent> moves = new ConcurrentLinkedQueue<>();

  @Test
  void requestsGoOnFromAnotherAddress() throws Exception {
    try (Loopback pair =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY, new byte[50_000]),
            client -> client,
            server ->
                server.tracer(
                    () ->
                        (now, event) -> {
                          if (event instanceof TraceEvent.MigrationUpdated m
                              && m.state().isMove()) {
                            moves.add(event);
                          }
                        }))) {
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
      pair.client.migrateAsync(InetAddress.getLoopbackAddress()).get();
      byte[] body = pair.client.send(pair.request("/").build(), BodyHandlers.ofByteArray()).body();
      assertEquals(50_000, body.length);
      assertTrue(moves.size() >= 1);
    }
  }

  @Test
  void aRequestUnderWayHearsOfTheNewAddress() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch moved = new CountDownLatch(1);
    try (Loopback pair =
        Loopback.of(
            exchange -> {
              int before = exchange.connection().remoteAddress().getPort();
              if (exchange.path().equals("/long")) {
                asked.countDown();
                exchange.requestBody().read(); // it comes from the new address
              }
              int after = exchange.connection().remoteAddress().getPort();
              exchange.respond(200, Fields.of("x-moved", "" + (before != after)), new byte[1]);
            },
            client -> client,
            server -> server)) {
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
      InputStream body =
          new InputStream() {
            @Override
            public int read() throws IOException {
              try {
                moved.await();
              } catch (InterruptedException e) {
                throw new InterruptedIOException();
              }
              return -1;
            }
          };
      var under =
          pair.client.sendAsync(
              pair.request("/long").POST(BodyPublishers.ofInputStream(() -> body)).build(),
              BodyHandlers.discarding());
      asked.await();
      pair.client.migrateAsync(InetAddress.getLoopbackAddress()).get();
      moved.countDown();
      assertEquals("true", under.get().headers().firstValue("x-moved").orElse(""));
    }
  }

  @Test
  void aServerMayWantItsClientsToStay() throws Exception {
    TransportConfig stay =
        TransportConfig.DEFAULTS.withMigration(MigrationConfig.DEFAULTS.withDisableActive(true));
    try (Loopback pair =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY, new byte[1]),
            client -> client,
            server -> server.quic(stay))) {
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
      assertThrows(
          ExecutionException.class,
          () -> pair.client.migrateAsync(InetAddress.getLoopbackAddress()).get());
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
    }
  }
}
