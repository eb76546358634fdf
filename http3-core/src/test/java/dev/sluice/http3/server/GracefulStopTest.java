package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.testkit.Requirement;
import java.net.ConnectException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Http3Server#stop}, as clients see it that do not leave by themselves. */
@Timeout(60)
class GracefulStopTest {

  private static RequestStream open(WireClient client) {
    RequestHead head = RequestHead.of("GET", "https", "localhost", "/", Fields.EMPTY);
    return client.onThread((quic, http) -> http.openRequest(head, true));
  }

  /** A request in spite of GOAWAY. */
  private static BidiStream openAllTheSame(WireClient client) {
    byte[] section =
        new QpackEncoder(new EncoderLimits(0, 0))
            .encode(
                0,
                List.of(
                    new FieldLine(":method", "GET"),
                    new FieldLine(":scheme", "https"),
                    new FieldLine(":authority", "localhost"),
                    new FieldLine(":path", "/")));
    byte[] frame = new HeadersFrame(section).encode();
    return client.onThread(
        (quic, http) -> {
          BidiStream stream = quic.openBidi();
          stream.send().write(frame, 0, frame.length);
          stream.send().finish();
          return stream;
        });
  }

  private static StreamEnding awaitEnding(WireClient client, BidiStream stream) {
    StreamEnding ending = null;
    while (ending == null) {
      ending =
          client.onThread(
              (quic, http) -> {
                stream.recv().read(new byte[1], 0, 1);
                return stream.recv().ending();
              });
      Thread.onSpinWait();
    }
    return ending;
  }

  @Test
  @Requirement({"RFC9114-5.2#2", "RFC9114-5.2#3", "RFC9114-5.2#7", "RFC9114-5.2#12"})
  void inTwoStepsOnAllConnectionsAtOnce() throws Exception {
    CountDownLatch began = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    Http3Handler handler =
        exchange -> {
          handled.incrementAndGet();
          began.countDown();
          go.await();
          exchange.respond(200, Fields.EMPTY, new byte[10_000]);
        };
    try (Loopback loopback = Loopback.of(handler);
        WireClient one = new WireClient(loopback.server.localAddress());
        WireClient other = new WireClient(loopback.server.localAddress())) {
      List<WireClient> clients = List.of(one, other);
      List<RequestStream> requests = clients.stream().map(GracefulStopTest::open).toList();
      began.await();
      CompletableFuture<Boolean> stopped = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              stopped.complete(loopback.server.stop(Duration.ofSeconds(50)));
            } catch (InterruptedException e) {
              stopped.completeExceptionally(e);
            }
          });
      for (WireClient client : clients) {
        assertEquals((1L << 62) - 4, client.await(Http3Event.Goaway.class).id());
      }
      for (WireClient client : clients) {
        assertEquals(4, client.await(Http3Event.Goaway.class).id());
        assertEquals(
            new StreamEnding.ResetByPeer(Http3Error.H3_REQUEST_REJECTED.code()),
            awaitEnding(client, openAllTheSame(client)));
      }
      assertRefused(loopback);
      assertFalse(stopped.isDone());
      go.countDown();
      for (int i = 0; i < 2; i++) {
        assertAnsweredAndClosed(clients.get(i), requests.get(i));
      }
      assertTrue(stopped.get());
      assertEquals(2, handled.get());
    }
  }

  /** Another server may be there for it: it hears so at once. */
  private static void assertRefused(Loopback loopback) {
    ConnectException failure =
        assertThrows(
            ConnectException.class,
            () -> loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding()));
    ConnectionEndedException cause =
        assertInstanceOf(ConnectionEndedException.class, failure.getCause());
    assertEquals(
        TransportError.CONNECTION_REFUSED.code(),
        assertInstanceOf(ConnectionEnding.TransportClose.class, cause.ending()).code());
  }

  private static void assertAnsweredAndClosed(WireClient client, RequestStream request)
      throws InterruptedException {
    client.await(Http3Event.Response.class);
    byte[] content = new byte[10_001];
    int total = 0;
    for (int n = 0; n != RequestStream.ENDED; ) {
      n = client.onThread((quic, http) -> request.readData(content, 0, content.length));
      total += Math.max(0, n);
      Thread.onSpinWait();
    }
    assertEquals(10_000, total);
    assertEquals(new RequestEnding.Complete(), request.ending());
    assertEquals(
        new ConnectionEnding.ApplicationClose(
            ConnectionEnding.Side.PEER, Http3Error.H3_NO_ERROR.code(), ""),
        client.await(Http3Event.ConnectionEnded.class).ending());
  }

  @Test
  void withoutConnectionsItStopsAtOnce() throws Exception {
    try (Loopback loopback = Loopback.of(exchange -> {})) {
      assertTrue(loopback.server.stop(Duration.ofSeconds(50)));
      assertTrue(loopback.server.stop(Duration.ZERO), "stopping twice is no failure");
    }
  }

  /** Nor does it wait for the grace where the server is being closed, or has been. */
  @Test
  void isOverAtOnceWhereTheServerHasEnded() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Http3Handler handler =
        exchange -> {
          began.countDown();
          go.await();
        };
    try (Loopback loopback = Loopback.of(handler);
        WireClient client = new WireClient(loopback.server.localAddress())) {
      open(client);
      began.await();
      loopback.server.close();
      assertTrue(loopback.server.stop(Duration.ofDays(1)));
      loopback.server.awaitTermination();
      assertTrue(loopback.server.stop(Duration.ofDays(1)));
    } finally {
      go.countDown();
    }
  }
}
