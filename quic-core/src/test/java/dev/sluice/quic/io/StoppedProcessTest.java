package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicClientBuilder;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicServerBuilder;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process that stands still for longer than connections may be idle. What the system has taken in
 * for it meanwhile has arrived, although the first thing that it sees is the time.
 */
@Timeout(60)
class StoppedProcessTest {
  private static final int SIZE = 5_000;

  /** Their datagrams are more than the system gives in one call, but fit into its buffer. */
  private static final int CLIENTS = 100;

  private static final int LITTLE = 100;

  private final AtomicLong skipped = new AtomicLong();
  private final Semaphore finsSent = new Semaphore(0);
  private volatile boolean stopping;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private EventLoop loop;

  @BeforeEach
  void start() throws IOException {
    Poller all = IoMode.preferred().newPoller();
    Poller stoppable = new AlteredPoller(all, UnaryOperator.identity(), nanos -> await(all, nanos));
    loop = EventLoop.start("stopped", true, stoppable, () -> System.nanoTime() + skipped.get());
  }

  @AfterEach
  void end() {
    goOn.countDown();
    loop.close();
  }

  @Test
  void whatArrivedMeanwhileIsReadBeforeTheTimeCounts() throws Exception {
    QuicServer server = server().tracer(() -> this::onTrace).start();
    try (QuicClient client = client(server).eventLoop(loop).build()) {
      QuicConnection here = client.connect();
      QuicConnection there = server.accept();
      QuicStream answer = there.openUnidirectional();
      answer.outputStream().write(new byte[1]);
      QuicStream arriving = here.acceptStream();
      assertEquals(0, arriving.inputStream().read());

      stop();
      finish(List.of(answer), SIZE);
      there.close(7, "that was all");
      server.close(); // once it has sent that
      goOnLater();

      assertEquals(SIZE, arriving.inputStream().readAllBytes().length);
      assertEquals(
          new ApplicationClose(Side.PEER, 7, "that was all"),
          here.ended().toCompletableFuture().join());
    } finally {
      server.close();
    }
  }

  @Test
  void soIsWhatArrivedForManyConnections() throws Exception {
    try (QuicServer server = server().eventLoop(loop).start()) {
      List<QuicConnection> accepted = new ArrayList<>();
      QuicClient client = client(server).tracer(() -> this::onTrace).build();
      try {
        List<QuicStream> streams = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          streams.add(client.connect().openUnidirectional());
          accepted.add(server.accept());
        }
        stop();
        finish(streams, LITTLE);
      } finally {
        client.close();
      }
      goOnLater();
      for (QuicConnection connection : accepted) {
        assertEquals(LITTLE, connection.acceptStream().inputStream().readAllBytes().length);
      }
    }
  }

  /** There is more and more to be read: what is due has its turn all the same. */
  @Test
  void deadlinesDoNotWaitForWhatNeverEnds() throws Exception {
    ScriptedPoller poller = new ScriptedPoller();
    AtomicLong time = new AtomicLong();
    EventLoop flooded = EventLoop.start("flooded", true, poller, time::get);
    try (QuicClient client =
        QuicClient.builder()
            .remote(new InetSocketAddress(InetAddress.getLoopbackAddress(), 443))
            .serverName("localhost")
            .applicationProtocols("test")
            .eventLoop(flooded)
            .build()) {
      CompletableFuture<QuicConnection> connection = client.connectAsync();
      long jump = Duration.ofMinutes(5).toNanos();
      flooded.execute(
          () -> {
            poller.sockets.getFirst().endless = true;
            time.addAndGet(jump);
          });
      for (int i = 0; i < 200 && !connection.isDone(); i++) {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        flooded.execute(
            () -> {
              time.addAndGet(10_000_000);
              turn.complete(null);
            });
        turn.join();
      }
      assertTrue(connection.isCompletedExceptionally(), "two seconds were enough");
    } finally {
      flooded.close();
    }
  }

  private static QuicServerBuilder server() {
    return QuicServer.builder()
        .identity(TestPeers.IDENTITY)
        .applicationProtocols("test")
        .tls(tls -> tls.clock(TestPeers.CLOCK));
  }

  private static QuicClientBuilder client(QuicServer server) {
    return QuicClient.builder()
        .remote(server.localAddress())
        .serverName("localhost")
        .applicationProtocols("test")
        .certificateVerifier(PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
        .tls(tls -> tls.clock(TestPeers.CLOCK));
  }

  private void stop() throws InterruptedException {
    stopping = true;
    loop.execute(() -> {}); // it waits anew
    stopped.await();
  }

  private void goOnLater() {
    skipped.addAndGet(Duration.ofMinutes(5).toNanos());
    goOn.countDown();
  }

  /** Returns when all of it is on its way. */
  private void finish(List<QuicStream> streams, int size) throws Exception {
    for (QuicStream stream : streams) {
      stream.outputStream().write(new byte[size]);
      stream.outputStream().close();
    }
    finsSent.acquire(streams.size());
  }

  private void onTrace(long now, TraceEvent event) {
    if (event instanceof TraceEvent.PacketSent sent
        && sent.frames().stream().anyMatch(f -> f instanceof StreamFrame data && data.fin())) {
      finsSent.release();
    }
  }

  /** The wait is ended by a signal, as when a stopped process goes on: nobody has looked. */
  private void await(Poller all, long nanos) throws IOException {
    if (!stopping || nanos == 0) {
      all.await(nanos);
      return;
    }
    stopping = false;
    stopped.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
