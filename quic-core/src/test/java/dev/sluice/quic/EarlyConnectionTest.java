package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.psk.SharedTicketKeys;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 0-RTT as programs use it, over loopback. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EarlyConnectionTest {
  private static final SharedTicketKeys KEYS =
      new SharedTicketKeys(List.of(new byte[32]), new SecureRandom());

  private static final byte[] TEXT = "before the handshake".getBytes(StandardCharsets.US_ASCII);

  private final LinkedBlockingQueue<SessionTicket> tickets = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Boolean> early = new LinkedBlockingQueue<>();

  private QuicServerBuilder server() {
    return Loopback.server()
        .handler(
            connection -> {
              QuicStream stream = connection.acceptStream();
              byte[] all = stream.inputStream().readAllBytes();
              early.add(stream.isEarly());
              try (OutputStream out = stream.outputStream()) {
                out.write(all);
              }
              connection.awaitHandshake();
              connection.acceptStream();
            });
  }

  private SessionTicket firstVisit(QuicServer server) throws Exception {
    try (QuicClient client = Loopback.client(server).onTicket(tickets::add).build();
        QuicConnection connection = client.connect()) {
      exchange(connection, "first");
      assertFalse(early.take());
      return tickets.take();
    }
  }

  private static void exchange(QuicConnection connection, String text) throws IOException {
    QuicStream stream = connection.openBidirectional();
    try (OutputStream out = stream.outputStream()) {
      out.write(text.getBytes());
    }
    assertArrayEquals(text.getBytes(), stream.inputStream().readAllBytes());
  }

  /**
   * Writes, and lets the server's loop go on when that is out: else the handshake may be complete
   * before this thread has written anything. Gives what is still to be read.
   */
  private static QuicStream writeEarly(
      StreamWatch watch, QuicConnection connection, CountDownLatch go) throws Exception {
    QuicStream stream = connection.openBidirectional();
    try (OutputStream out = stream.outputStream()) {
      out.write(TEXT);
    }
    watch.awaitSent(stream.id(), TEXT.length);
    assertNull(connection.tls());
    go.countDown();
    return stream;
  }

  @Test
  void aConnectionCanBeUsedBeforeItsHandshakeIsComplete() throws Exception {
    StreamWatch watch = new StreamWatch();
    try (EventLoop loop = EventLoop.start("held");
        QuicServer server = server().earlyData().eventLoop(loop).start()) {
      SessionTicket ticket = firstVisit(server);
      CountDownLatch go = Loopback.hold(loop);
      try (QuicClient client = Loopback.client(server).session(ticket).tracer(() -> watch).build();
          QuicConnection connection = client.connectEarly()) {
        QuicStream stream = writeEarly(watch, connection, go);
        assertArrayEquals(TEXT, stream.inputStream().readAllBytes());
        assertTrue(early.take());
        assertTrue(connection.awaitHandshake().earlyDataAccepted());
        assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
        assertNotNull(connection.tls());
      } finally {
        go.countDown();
      }
    }
  }

  @Test
  @Requirement("RFC9001-4.5#1")
  void aSessionIsResumedOnce() throws Exception {
    try (QuicServer server = server().earlyData().start()) {
      SessionTicket ticket = firstVisit(server);
      try (QuicClient client = Loopback.client(server).session(ticket).build()) {
        try (QuicConnection connection = client.connectEarly()) {
          assertTrue(connection.awaitHandshake().resumed());
        }
        try (QuicConnection connection = client.connectEarly()) {
          assertFalse(connection.tls().resumed());
          assertEquals(EarlyDataState.NONE, connection.earlyData());
        }
      }
    }
  }

  /** What came to others, or before a restart, was not seen here (RFC 8446 §8.2). */
  @Test
  void aRegisterThatMayHaveMissedSomethingTakesNothingAtFirst() throws Exception {
    List<UnaryOperator<QuicServerBuilder>> withKeys =
        List.of(
            b -> b.tickets(KEYS),
            b -> b.tls(tls -> tls.clock(TestPeers.CLOCK).ticketProtector(KEYS)));
    for (UnaryOperator<QuicServerBuilder> keys : withKeys) {
      SessionTicket ticket;
      try (QuicServer first = keys.apply(server()).earlyData().start()) {
        ticket = firstVisit(first);
      }
      try (QuicServer second = keys.apply(server()).earlyData().start();
          QuicClient client = Loopback.client(second).session(ticket).build();
          QuicConnection connection = client.connectEarly()) {
        TlsSession session = connection.awaitHandshake();
        assertTrue(session.resumed());
        assertFalse(session.earlyDataAccepted());
      }
    }
  }

  @Test
  void ticketsMayLiveForSecondsOnly() throws Exception {
    Duration seconds = Duration.ofSeconds(30);
    try (QuicServer server =
        server()
            .tls(tls -> tls.clock(TestPeers.CLOCK).ticketLifetime(seconds))
            .earlyData()
            .start()) {
      assertEquals(30, firstVisit(server).lifetimeSeconds());
    }
  }

  @Test
  void whatIsRefusedArrivesAfterTheHandshake() throws Exception {
    SessionTicket ticket;
    try (QuicServer first = server().tickets(KEYS).earlyData().start()) {
      // Its register is fresh, and would have to wait until it takes anything itself.
      ticket = firstVisit(first);
    }
    assertTrue(ticket.allowsEarlyData());
    StreamWatch watch = new StreamWatch();
    try (EventLoop loop = EventLoop.start("held");
        QuicServer second = server().tickets(KEYS).eventLoop(loop).start()) {
      CountDownLatch go = Loopback.hold(loop);
      try (QuicClient client = Loopback.client(second).session(ticket).tracer(() -> watch).build();
          QuicConnection connection = client.connectEarly()) {
        QuicStream stream = writeEarly(watch, connection, go);
        assertArrayEquals(TEXT, stream.inputStream().readAllBytes());
        assertFalse(early.take());
        assertTrue(connection.awaitHandshake().resumed());
        assertEquals(EarlyDataState.REJECTED, connection.earlyData());
      } finally {
        go.countDown();
      }
    }
  }

  @Test
  void aFreshServerWithAFleetsKeysTakesNothingEarly() throws Exception {
    try (QuicServer server = server().tickets(KEYS).earlyData().start()) {
      SessionTicket ticket = firstVisit(server);
      try (QuicClient client = Loopback.client(server).session(ticket).build();
          QuicConnection connection = client.connectEarly()) {
        exchange(connection, "again");
        assertEquals(EarlyDataState.REJECTED, connection.earlyData());
      }
    }
  }

  @Test
  void waitingForAHandshakeThatFailsFails() throws Exception {
    SessionTicket ticket;
    QuicClientBuilder builder;
    try (QuicServer server = server().earlyData().start()) {
      ticket = firstVisit(server);
      builder = Loopback.client(server).session(ticket);
    }
    try (QuicClient client = builder.build();
        QuicConnection connection = client.connectEarly()) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      connection.handshake().whenComplete((tls, e) -> failure.complete(e));
      assertInstanceOf(ConnectionEndedException.class, failure.get().getCause());
      assertNull(connection.tls());
    }
  }

  /** Who stops waiting for the handshake takes nothing from others. */
  @Test
  void anInterruptedWaitLeavesTheHandshakeToOthers() throws Exception {
    try (QuicServer server = server().tickets(KEYS).earlyData().start()) {
      SessionTicket ticket = firstVisit(server);
      try (QuicClient client = Loopback.client(server).session(ticket).build()) {
        QuicConnection connection = client.connectEarly();
        CompletableFuture<TlsSession> before = connection.handshake().toCompletableFuture();
        Thread.currentThread().interrupt();
        try {
          connection.awaitHandshake();
        } catch (InterruptedIOException e) {
          // unless it was complete already
        }
        Thread.interrupted();
        assertNotNull(before.get());
        assertNotNull(connection.awaitHandshake());
      }
    }
  }
}
