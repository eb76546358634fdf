package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.Silence;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrived is delivered, then the close is reported, once; over real sockets. */
@Timeout(120)
class EndingsTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private QuicServer server;
  private QuicClient client;
  private QuicConnection there;
  private QuicConnection here;
  private final StreamWatch atServer = new StreamWatch();
  private final StreamWatch atClient = new StreamWatch();

  /** Both ends of one connection: {@link #here} the client's, {@link #there} the server's. */
  private void connect() throws IOException {
    server = Loopback.server().tracer(() -> atServer).start();
    client = Loopback.client(server).tracer(() -> atClient).build();
    here = client.connect();
    there = server.accept();
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
    threads.close();
  }

  private static ConnectionEnding ending(QuicConnection connection) {
    return connection.ended().toCompletableFuture().join();
  }

  /** The peer reads nothing at first, so that most of the promise waits in this side's buffers. */
  @Test
  void theBeginningOfAnAbandonedStreamArrives() throws Exception {
    connect();
    assertTrue(here.supportsResetAt());
    QuicStream stream = here.openUnidirectional();
    OutputStream out = stream.outputStream();
    byte[] bytes = new byte[1_300_000];
    Future<?> writing = threads.submit(() -> write(out, bytes));
    QuicStream arriving = there.acceptStream();
    writing.get();
    out.flush();
    assertThrows(IllegalArgumentException.class, () -> stream.resetAt(7, 1_300_001));
    stream.resetAt(7, 1_290_000);
    stream.resetAt(8, 1_295_000); // no more than was said first
    InputStream in = arriving.inputStream();
    assertEquals(1_290_000, in.readNBytes(1_290_000).length);
    StreamEndedException end = assertThrows(StreamEndedException.class, in::readAllBytes);
    assertEquals(new StreamEnding.ResetByPeer(7), end.ending());
    assertEquals(
        new StreamEnding.AbandonedLocally(7), stream.sendEnded().toCompletableFuture().get());
    assertThrows(StreamEndedException.class, () -> out.write(1));
    assertEquals(null, here.ending());
  }

  /** The peer lets no more come than its window, until somebody accepts the stream. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasPromisedCanStillBeAbandoned(boolean whole) throws Exception {
    connect();
    QuicStream stream = here.openUnidirectional();
    byte[] bytes = new byte[1_200_000];
    write(stream.outputStream(), bytes);
    stream.resetAt(7, bytes.length);
    stream.sendEnded().toCompletableFuture().get(); // all of it is the transport's now
    if (whole) {
      stream.reset(8);
    } else {
      stream.resetAt(8, 1_100_000);
    }
    int most = whole ? 1 << 20 : 1_100_000;
    InputStream in = there.acceptStream().inputStream();
    StreamEndedException end =
        assertThrows(StreamEndedException.class, () -> in.readNBytes(most + 1));
    assertEquals(new StreamEnding.ResetByPeer(7), end.ending());
  }

  @Test
  void whoeverHearsOfTheEndFindsIt() throws Exception {
    connect();
    QuicStream stream = here.openUnidirectional();
    CompletableFuture<ConnectionEnding> found =
        stream.sendEnded().thenApply(how -> here.ending()).toCompletableFuture();
    here.close(5, "");
    assertEquals(new ConnectionEnding.ApplicationClose(Side.LOCAL, 5, ""), found.get());
  }

  private static Void write(OutputStream out, byte[] bytes) throws IOException {
    out.write(bytes);
    return null;
  }

  @Test
  void unacceptedStreamsOutliveTheirConnection() throws Exception {
    connect();
    QuicStream cut = there.openUnidirectional();
    cut.outputStream().write(new byte[100_000]);
    QuicStream whole = there.openBidirectional();
    Loopback.send(whole, 50_000, 1);
    whole.sendEnded().toCompletableFuture().join(); // its end has arrived as well
    atClient.awaitArrived(cut.id(), 100_000);
    there.close(9, "bye");
    assertEquals(new ApplicationClose(Side.PEER, 9, "bye"), ending(here));

    QuicStream first = here.acceptStream();
    assertEquals(100_000, first.inputStream().readNBytes(100_000).length);
    for (int i = 0; i < 2; i++) {
      ConnectionEndedException e =
          assertThrows(ConnectionEndedException.class, () -> first.inputStream().read());
      assertSame(here.ending(), e.ending());
    }
    QuicStream second = here.acceptStream();
    assertEquals(50_000, Loopback.receive(second.inputStream()).size());
    assertThrows(ConnectionEndedException.class, () -> second.outputStream().write(1));
    assertThrows(ConnectionEndedException.class, here::acceptStream);
    assertThrows(ConnectionEndedException.class, here::openBidirectional);
    assertThrows(ConnectionEndedException.class, here::openUnidirectional);
    assertTrue(here.stats().bytesReceived() > 150_000);
  }

  @Test
  void whatArrivedIsReadEvenAfterTheClientIsClosed() throws Exception {
    connect();
    QuicStream stream = here.openBidirectional();
    stream.outputStream().write(1);
    QuicStream theirs = there.acceptStream();
    // More than a pipe takes, so that a part still lies in the stream when the loop ends.
    theirs.outputStream().write(new byte[600_000]);
    atClient.awaitArrived(theirs.id(), 600_000);
    client.close();
    assertEquals(600_000, stream.inputStream().readNBytes(600_000).length);
    ConnectionEndedException e =
        assertThrows(ConnectionEndedException.class, () -> stream.inputStream().read());
    assertEquals(Side.LOCAL, assertInstanceOf(TransportClose.class, e.ending()).by());
    assertEquals(1, theirs.inputStream().read());
    assertThrows(ConnectionEndedException.class, () -> theirs.inputStream().read());
  }

  @Test
  void aResetComesAfterTheBytesThatCameBeforeIt() throws Exception {
    connect();
    QuicStream stream = here.openBidirectional();
    stream.outputStream().write(new byte[30_000]);
    atServer.awaitArrived(stream.id(), 30_000);
    stream.reset(7);
    assertEquals(
        new StreamEnding.AbandonedLocally(7), stream.sendEnded().toCompletableFuture().join());
    QuicStream theirs = there.acceptStream();
    assertEquals(30_000, theirs.inputStream().readNBytes(30_000).length);
    StreamEndedException e =
        assertThrows(StreamEndedException.class, () -> theirs.inputStream().read());
    assertEquals(new StreamEnding.ResetByPeer(7), e.ending());
    assertEquals(stream.id(), e.streamId());
    assertThrows(StreamEndedException.class, () -> stream.outputStream().write(1));
    // The other direction goes on.
    theirs.outputStream().write(5);
    assertEquals(5, stream.inputStream().read());
  }

  @Test
  void aWriterLearnsThatNobodyReads() throws Exception {
    connect();
    QuicStream stream = here.openUnidirectional();
    Future<?> writer =
        threads.submit(
            () -> {
              StreamEndedException e =
                  assertThrows(
                      StreamEndedException.class,
                      () -> {
                        while (true) {
                          stream.outputStream().write(new byte[10_000]);
                        }
                      });
              assertEquals(new StreamEnding.StoppedByPeer(8), e.ending());
            });
    there.acceptStream().stopSending(8);
    writer.get();
  }

  @Test
  void closingTheInputEarlyStopsTheSender() throws Exception {
    connect();
    QuicStream stream = here.openUnidirectional();
    stream.outputStream().write(1);
    InputStream in = there.acceptStream().inputStream();
    assertEquals(1, in.read());
    in.close();
    assertEquals(
        new StreamEnding.StoppedByPeer(0), stream.sendEnded().toCompletableFuture().join());
  }

  @Test
  void aSlowReaderHoldsTheSenderBack() throws Exception {
    int window = 128 * 1024;
    server = Loopback.server().tracer(() -> atServer).start();
    StreamLimits limits = new StreamLimits(window, window, window, window, 1, 1);
    client =
        Loopback.client(server)
            .transport(
                Loopback.TRANSPORT.withStreams(
                    new StreamConfig(limits, window, window, 256 * 1024, 256 * 1024)))
            .build();
    here = client.connect();
    there = server.accept();
    long size = 4 << 20;
    QuicStream stream = there.openUnidirectional();
    Future<Long> sum = threads.submit(() -> Loopback.send(stream, size, 3));
    InputStream in = here.acceptStream().inputStream();
    byte[] part = new byte[64 * 1024];
    long pipe = 256 * 1024;
    for (long read = 0; read < size; ) {
      long sent = atServer.sent(stream.id());
      assertTrue(sent <= read + pipe + window, sent + " sent when " + read + " were read");
      read += in.readNBytes(part, 0, part.length);
    }
    assertEquals(-1, in.read());
    sum.get();
  }

  /** Else a peer could make this side hold any number of streams that it has long forgotten. */
  @Test
  void streamsThatNobodyAcceptsUseUpTheLimit() throws Exception {
    connect();
    List<QuicStream> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(here.openUnidirectional());
      Loopback.send(all.getLast(), 1, i);
    }
    CompletableFuture<QuicStream> oneMore = here.openUnidirectionalAsync();
    all.forEach(stream -> stream.sendEnded().toCompletableFuture().join());
    there.stats();
    here.stats();
    assertFalse(oneMore.isDone());
    for (int i = 0; i < 100; i++) {
      assertEquals(1, Loopback.receive(there.acceptStream().inputStream()).size());
    }
    oneMore.get();
  }

  /** How often somebody gives up has no bound, and the peer may never permit another stream. */
  @Test
  void whoGivesUpWaitingForAStreamIsForgotten() throws Exception {
    connect();
    for (int i = 0; i < 100; i++) {
      here.openUnidirectional();
    }
    CompletableFuture<QuicStream> patient = here.openUnidirectionalAsync();
    WeakReference<CompletableFuture<QuicStream>> gone = new WeakReference<>(impatient());
    for (int i = 0; i < 100; i++) {
      here.openUnidirectionalAsync();
    }
    while (gone.get() != null) {
      System.gc();
      Thread.onSpinWait();
    }
    assertFalse(patient.isDone());
  }

  private CompletableFuture<QuicStream> impatient() {
    CompletableFuture<QuicStream> waiting = here.openUnidirectionalAsync();
    here.stats(); // it is among those who wait
    waiting.cancel(false);
    return waiting;
  }

  @Test
  void aVanishedPeerIsNoticedByTheIdleTimeout() throws Exception {
    try (EventLoop serverLoop = EventLoop.start("vanishing")) {
      server = Loopback.server().eventLoop(serverLoop).start();
      client =
          Loopback.client(server)
              .transport(Loopback.TRANSPORT.withIdleTimeout(Duration.ofSeconds(1)))
              .build();
      here = client.connect();
      there = server.accept();
      CountDownLatch back = Loopback.hold(serverLoop);
      try {
        // The timeout may come at any step: on a busy machine even this thread rests for so long.
        ConnectionEndedException e =
            assertThrows(
                ConnectionEndedException.class,
                () -> {
                  QuicStream stream = here.openBidirectional();
                  stream.outputStream().write(1);
                  stream.inputStream().read();
                });
        assertInstanceOf(ConnectionEnding.IdleTimeout.class, e.ending());
      } finally {
        back.countDown();
        server.close();
      }
    }
  }

  @Test
  void aHandlerThatFailsClosesItsConnection() throws Exception {
    try (Silence silence = Silence.of(QuicServer.class)) {
      server =
          Loopback.server()
              .handler(
                  connection -> {
                    throw new IllegalStateException("on purpose");
                  })
              .start();
      client = Loopback.client(server).build();
      TransportClose ending = assertInstanceOf(TransportClose.class, ending(client.connect()));
      assertEquals(TransportError.INTERNAL_ERROR.code(), ending.code());
      assertEquals(Side.PEER, ending.by());
      assertEquals(1, silence.messages());
    }
  }

  /** In the middle of transfers on many streams of many connections; nobody may be left waiting. */
  @Test
  void closingDuringEverything() throws Exception {
    for (int round = 0; round < 6; round++) {
      QuicServer busy = Loopback.server().handler(Loopback::echo).start();
      QuicClient many = Loopback.client(busy).build();
      CountDownLatch underWay = new CountDownLatch(40);
      List<Future<?>> all = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        QuicConnection connection = many.connect();
        for (int s = 0; s < 10; s++) {
          all.add(threads.submit(() -> transferUntilCut(connection, underWay)));
        }
        all.add(
            threads.submit(
                () -> assertThrows(ConnectionEndedException.class, connection::acceptStream)));
        if (round == 2) {
          underWay.countDown();
          threads.submit(() -> connection.close(1, "enough"));
        }
      }
      underWay.await();
      if (round % 2 == 0) {
        many.close();
      } else {
        busy.close();
      }
      for (Future<?> one : all) {
        one.get();
      }
      many.close();
      busy.close();
    }
  }

  private void transferUntilCut(QuicConnection connection, CountDownLatch underWay) {
    Future<?> writer = null;
    try {
      QuicStream stream = connection.openBidirectional();
      writer = threads.submit(() -> Loopback.send(stream, Long.MAX_VALUE, 1));
      stream.inputStream().readNBytes(10_000);
      underWay.countDown();
      assertThrows(
          ConnectionEndedException.class,
          () -> stream.inputStream().transferTo(OutputStream.nullOutputStream()));
    } catch (ConnectionEndedException e) {
      underWay.countDown();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (writer != null) {
      Future<?> cut = writer;
      Throwable e = assertThrows(java.util.concurrent.ExecutionException.class, cut::get);
      assertInstanceOf(ConnectionEndedException.class, e.getCause().getCause());
    }
  }

  @Test
  void closingTheServerEndsAccept() throws Exception {
    server = Loopback.server().start();
    CompletableFuture<QuicConnection> next = server.acceptAsync();
    server.close();
    assertTrue(next.isCompletedExceptionally());
    assertThrows(IOException.class, server::accept);
  }

  /** A stream that had ended before its connection, and one that had not. */
  @Test
  void whatNobodyReadsIsDroppedInTheEnd() throws Exception {
    try (QuicServer server =
            Loopback.server()
                .handler(
                    connection -> {
                      try (OutputStream out = connection.openUnidirectional().outputStream()) {
                        out.write(new byte[1000]);
                      }
                      QuicStream open = connection.openUnidirectional();
                      open.outputStream().write(new byte[1000]);
                      open.outputStream().flush();
                      connection.acceptStream();
                      connection.close(7, "enough");
                    })
                .start();
        QuicClient client =
            Loopback.client(server)
                .transport(Loopback.TRANSPORT.withUnreadRetention(Duration.ofMillis(1)))
                .build()) {
      QuicConnection connection = client.connect();
      InputStream ended = connection.acceptStream().inputStream();
      InputStream open = connection.acceptStream().inputStream();
      assertEquals(0, ended.read());
      assertEquals(0, open.read());
      connection.openUnidirectional().outputStream().close();
      while (ended.available() + open.available() > 0) {
        Thread.onSpinWait();
      }
      assertThrows(UnreadDroppedException.class, ended::read);
      assertThrows(UnreadDroppedException.class, open::read);
    }
  }
}
