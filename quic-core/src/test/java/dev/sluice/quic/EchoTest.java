package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.Loopback.Received;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.io.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent comes back, byte for byte, over real sockets. */
@Timeout(120)
class EchoTest {
  private QuicServer server;
  private QuicClient client;
  private QuicConnection connection;
  private ExecutorService threads;

  @BeforeEach
  void connect() throws IOException {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = Loopback.server().handler(Loopback::echo).start();
    client = Loopback.client(server).build();
    connection = client.connect();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    threads.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1200, 100_000, 1 << 20, 64 << 20})
  void onABidirectionalStream(long size) throws Exception {
    QuicStream stream = connection.openBidirectional();
    Future<Long> sum = threads.submit(() -> Loopback.send(stream, size, size));
    Received received = Loopback.receive(stream.inputStream());
    assertEquals(new Received(size, sum.get()), received);
    assertEquals(new StreamEnding.Finished(), stream.sendEnded().toCompletableFuture().get());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8 << 20})
  void onUnidirectionalStreams(long size) throws Exception {
    QuicStream there = connection.openUnidirectional();
    Future<Long> sum = threads.submit(() -> Loopback.send(there, size, size));
    QuicStream back = connection.acceptStream();
    Received received = Loopback.receive(back.inputStream());
    assertEquals(new Received(size, sum.get()), received);
    assertThrows(IllegalStateException.class, there::inputStream);
    assertThrows(IllegalStateException.class, back::outputStream);
  }

  /** Ten times as many as the server allows at once: opening waits for others to finish. */
  @Test
  void onManyStreams() throws Exception {
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      int size = i * 10;
      all.add(
          threads.submit(
              () -> {
                QuicStream stream = connection.openBidirectional();
                long sum = Loopback.send(stream, size, size);
                return new Received(size, sum).equals(Loopback.receive(stream.inputStream()));
              }));
    }
    for (Future<Boolean> one : all) {
      assertTrue(one.get());
    }
  }

  @Test
  void withoutBlocking() throws Exception {
    CompletableFuture<String> answer =
        connection
            .openBidirectionalAsync()
            .thenCompose(
                stream ->
                    stream
                        .writeAsync(
                            ByteBuffer.wrap("Hello, stream".getBytes(StandardCharsets.UTF_8)))
                        .thenRun(stream::finish)
                        .thenCompose(done -> readAll(stream, ByteBuffer.allocate(100))));
    assertEquals("Hello, stream", answer.get());
  }

  private static CompletableFuture<String> readAll(QuicStream stream, ByteBuffer into) {
    return stream
        .readAsync(into)
        .thenCompose(
            n ->
                n >= 0
                    ? readAll(stream, into)
                    : CompletableFuture.completedFuture(
                        new String(into.array(), 0, into.position(), StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largeBuffersWithoutBlocking(boolean direct) throws Exception {
    int size = 4 << 20;
    ByteBuffer source = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    for (int i = 0; i < size; i += 8) {
      source.putLong(i, i * 0x9e3779b97f4a7c15L);
    }
    QuicStream stream = connection.openBidirectional();
    CompletableFuture<Void> written = stream.writeAsync(source);
    assertThrows(
        java.nio.channels.WritePendingException.class,
        () -> stream.writeAsync(ByteBuffer.allocate(1)));
    ByteBuffer target = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    while (target.hasRemaining()) {
      assertTrue(stream.readAsync(target).get() > 0);
    }
    written.get();
    assertEquals(source.flip(), target.flip());
  }

  /** The same array again and again, beside copies, directly and in part. */
  @Test
  void lentBuffersArriveAsTheyAre() throws Exception {
    byte[] content = new byte[100_000];
    new Random(3).nextBytes(content);
    QuicStream stream = connection.openBidirectional();
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 30; i++) {
                stream.lendAsync(ByteBuffer.wrap(content)).join();
                stream.writeAsync(ByteBuffer.wrap(content, 7, 50)).join();
                stream.lendAsync(ByteBuffer.wrap(content, 50_000, 100)).join();
                stream.lendAsync(ByteBuffer.wrap(content, 1, 2000).asReadOnlyBuffer()).join();
              }
              stream.finish();
            });
    for (int i = 0; i < 30; i++) {
      assertArrayEquals(content, stream.inputStream().readNBytes(100_000));
      assertArrayEquals(Arrays.copyOfRange(content, 7, 57), stream.inputStream().readNBytes(50));
      assertArrayEquals(
          Arrays.copyOfRange(content, 50_000, 50_100), stream.inputStream().readNBytes(100));
      assertArrayEquals(
          Arrays.copyOfRange(content, 1, 2001), stream.inputStream().readNBytes(2000));
    }
    assertEquals(-1, stream.inputStream().read());
    written.get();
  }

  /** A future that is waited for on the loop would never come: better an exception. */
  @Test
  void blockingOnTheLoopIsRefused() throws Exception {
    try (EventLoop loop = EventLoop.start("test");
        QuicClient onIt = Loopback.client(server).eventLoop(loop).build()) {
      QuicConnection there = onIt.connect();
      CompletableFuture<QuicStream> outcome = new CompletableFuture<>();
      loop.execute(
          () -> {
            try {
              outcome.complete(there.acceptStream());
            } catch (IOException | RuntimeException e) {
              outcome.completeExceptionally(e);
            }
          });
      ExecutionException refused = assertThrows(ExecutionException.class, outcome::get);
      assertInstanceOf(IllegalStateException.class, refused.getCause());
    }
  }

  /** Nobody gets what it asked for; so it is still there for others. */
  @Test
  void whatIsRefusedOnTheLoopTakesNothing() throws Exception {
    try (EventLoop loop = EventLoop.start("test");
        QuicClient onIt = Loopback.client(server).eventLoop(loop).build()) {
      QuicConnection there = onIt.connect();
      CompletableFuture.runAsync(
              () -> {
                assertThrows(IllegalStateException.class, there::acceptStream);
                assertThrows(IllegalStateException.class, there::openUnidirectional);
                assertThrows(IllegalStateException.class, onIt::connect);
              },
              loop)
          .get();
      QuicStream first = there.openUnidirectional();
      assertEquals(2, first.id());
      Loopback.send(first, 5, 5);
      assertEquals(5, Loopback.receive(there.acceptStream().inputStream()).size());
    }
  }

  @Test
  void anInterruptEndsEveryWait() throws Exception {
    List<Future<?>> waits = new ArrayList<>();
    QuicStream idle = connection.openBidirectional();
    waits.add(threads.submit(() -> connection.acceptStream()));
    waits.add(threads.submit(() -> idle.inputStream().read()));
    for (Future<?> wait : waits) {
      wait.cancel(true);
    }
    threads.close(); // returns when both threads have ended
    threads = Executors.newVirtualThreadPerTaskExecutor();
    // Nobody waits any more: the next stream goes to who asks next.
    QuicStream there = connection.openUnidirectional();
    Loopback.send(there, 5, 5);
    assertEquals(5, Loopback.receive(connection.acceptStream().inputStream()).size());
  }

  @Test
  void bothSidesDeriveTheSameKeyingMaterial() throws Exception {
    byte[] first = connection.exportKeyingMaterial("EXPORTER-test", new byte[] {1}, 32);
    byte[] second = connection.exportKeyingMaterial("EXPORTER-test", new byte[] {1}, 32);
    org.junit.jupiter.api.Assertions.assertArrayEquals(first, second);
    assertEquals("test", connection.tls().applicationProtocol());
    assertEquals(server.localAddress(), connection.remoteAddress());
    assertTrue(connection.stats().packetsReceived() > 0);
    assertTrue(connection.isClient());
  }

  @Test
  void aFailedReadKeepsFailing() throws Exception {
    QuicStream stream = connection.openBidirectional();
    stream.stopSending(4);
    for (int i = 0; i < 2; i++) {
      StreamEndedException e =
          assertThrows(StreamEndedException.class, () -> stream.inputStream().read());
      assertEquals(new StreamEnding.AbandonedLocally(4), e.ending());
    }
    assertInstanceOf(
        StreamEndedException.class,
        assertThrows(ExecutionException.class, () -> stream.readAsync(ByteBuffer.allocate(1)).get())
            .getCause());
  }
}
