package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.io.Silence;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What programs do that nobody expects of them: nothing is lost, and nobody waits in vain. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OddUseTest {
  /** More than pipes, buffers and windows hold together. */
  private static final int MUCH = 64 << 20;

  private QuicServer server;
  private QuicClient client;
  private QuicConnection connection;

  @BeforeEach
  void connect() throws IOException {
    server = Loopback.server().handler(Loopback::echo).start();
    client = Loopback.client(server).build();
    connection = client.connect();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static Future<Long> count(InputStream in) {
    FutureTask<Long> counted = new FutureTask<>(() -> Loopback.receive(in).size());
    Thread.startVirtualThread(counted);
    return counted;
  }

  @Test
  void aReadOnlyBufferTakesNothingOutOfTheStream() throws Exception {
    QuicStream stream = connection.openBidirectional();
    byte[] text = "all of it".getBytes(StandardCharsets.US_ASCII);
    stream.writeAsync(ByteBuffer.wrap(text).asReadOnlyBuffer()).get();
    stream.finish();
    ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
    assertThrows(IllegalArgumentException.class, () -> stream.readAsync(readOnly));
    assertEquals(4, stream.readAsync(ByteBuffer.allocateDirect(4)).get());
    assertArrayEquals(
        "of it".getBytes(StandardCharsets.US_ASCII), stream.inputStream().readAllBytes());
  }

  @Test
  void whatIsBeingWrittenIsWrittenBeforeTheStreamFinishes() throws Exception {
    QuicStream stream = connection.openBidirectional();
    Future<Long> back = count(stream.inputStream());
    CompletableFuture<Void> written = stream.writeAsync(ByteBuffer.allocate(MUCH));
    stream.finish();
    written.get();
    assertEquals(MUCH, back.get());
    assertEquals(new StreamEnding.Finished(), stream.sendEnded().toCompletableFuture().get());
  }

  @Test
  void whatIsBeingWrittenIsWrittenBeforeACloseTakesEffect() throws Exception {
    QuicStream stream = connection.openBidirectional();
    Future<Long> back = count(stream.inputStream());
    CompletableFuture<Void> written = stream.writeAsync(ByteBuffer.allocate(MUCH));
    stream.outputStream().close();
    written.get();
    assertEquals(MUCH, back.get());
  }

  /** Its beginning must not be taken for all of it. */
  @Test
  void whatIsInterruptedIsResetByItsClose() throws Exception {
    QuicStream stream = connection.openBidirectional();
    FutureTask<Void> writes =
        new FutureTask<>(
            () -> {
              try (OutputStream out = stream.outputStream()) {
                Thread.currentThread().interrupt();
                out.write(new byte[MUCH]);
              }
              return null;
            });
    Thread.startVirtualThread(writes);
    assertInstanceOf(
        InterruptedIOException.class,
        assertThrows(ExecutionException.class, writes::get).getCause());
    assertEquals(
        new StreamEnding.AbandonedLocally(0), stream.sendEnded().toCompletableFuture().get());
  }

  /** A future that nobody waits for any more does not end the write. */
  @Test
  void alsoWhenNobodyWaitsForItAnyMore() throws Exception {
    QuicStream stream = connection.openBidirectional();
    Future<Long> back = count(stream.inputStream());
    stream.lendAsync(ByteBuffer.allocate(MUCH)).cancel(false);
    stream.finish();
    assertEquals(MUCH, back.get());
  }

  @Test
  void aWriteThatFailsDoesNotKeepTheStreamFromEnding() throws Exception {
    QuicStream stream = connection.openBidirectional();
    CompletableFuture<Void> written = stream.writeAsync(ByteBuffer.allocate(MUCH));
    stream.finish();
    stream.reset(5);
    assertThrows(ExecutionException.class, written::get);
    assertEquals(
        new StreamEnding.AbandonedLocally(5), stream.sendEnded().toCompletableFuture().get());
  }

  @Test
  void whatIsNoDatagramIsRefusedAtOnce() {
    assertThrows(NullPointerException.class, () -> connection.sendDatagram(null));
    assertThrows(NullPointerException.class, () -> connection.sendDatagramAsync(null));
  }

  @Test
  void aConnectThatCannotBeginLeavesNoSocket() throws Exception {
    InetSocketAddress address;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      address = new InetSocketAddress(free.getLocalAddress(), free.getLocalPort());
    }
    AtomicBoolean built = new AtomicBoolean();
    try (QuicClient broken =
        Loopback.client(server)
            .bind(address)
            .tls(
                tls -> {
                  if (built.get()) {
                    throw new IllegalStateException("no");
                  }
                  return tls;
                })
            .build()) {
      built.set(true);
      assertThrows(IllegalStateException.class, broken::connect);
      while (isTaken(address)) { // until the loop has closed it
        Thread.onSpinWait();
      }
    }
  }

  /** Where addresses are looked up, no caller's thread is there to throw it on. */
  @Test
  void whatCannotBeDialledIsSaidToWhoeverConnects() throws Exception {
    try (QuicClient broken =
        Loopback.client(server)
            .remote("localhost", server.localAddress().getPort())
            .endpoint(
                settings -> {
                  throw new NoClassDefFoundError("on purpose");
                })
            .build()) {
      var failure = assertThrows(ExecutionException.class, () -> broken.connectAsync().get());
      assertEquals(NoClassDefFoundError.class, failure.getCause().getClass());
    }
  }

  /** Threads that keep the program alive, for a server that there is not. */
  @Test
  void aServerThatCannotBeginLeavesNoThread() {
    QuicServerBuilder broken =
        Loopback.server()
            .daemon(false)
            .endpoint(
                settings -> {
                  throw new IllegalStateException("no");
                });
    assertThrows(IllegalStateException.class, broken::start);
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("sluice-quic-server"))
            .filter(thread -> !thread.isDaemon())
            .toList());
  }

  /** What comes with a token that cannot be kept is there all the same. */
  @Test
  void whoFailsToKeepATokenLosesNothingElse() throws Exception {
    CompletableFuture<Void> failed = new CompletableFuture<>();
    try (Silence silence = Silence.of(ConnectionDriver.class);
        QuicClient forgetful =
            Loopback.client(server)
                .onToken(
                    token -> {
                      failed.complete(null);
                      throw new IllegalStateException("on purpose");
                    })
                .build()) {
      QuicConnection lasting = forgetful.connect();
      failed.get();
      QuicStream there = lasting.openUnidirectional();
      Loopback.send(there, 1000, 1);
      assertEquals(1000, Loopback.receive(lasting.acceptStream().inputStream()).size());
      assertNull(lasting.ending());
      assertTrue(silence.messages() > 0);
    }
  }

  /** What it was asked about is gone, and the loop goes on with the next. */
  @Test
  void anAdmissionThatFailsIsNoConcernOfOthers() throws Exception {
    AtomicReference<InetSocketAddress> first = new AtomicReference<>();
    Admission failing =
        asks -> {
          first.compareAndSet(null, asks.remote());
          if (asks.remote().equals(first.get())) {
            throw new IllegalStateException("no idea");
          }
          return new Admission.Decision.Accept();
        };
    try (QuicServer strict = Loopback.server().handler(Loopback::echo).admission(failing).start();
        QuicClient unlucky = Loopback.client(strict).build();
        QuicClient other = Loopback.client(strict).build()) {
      CompletableFuture<QuicConnection> never = unlucky.connectAsync();
      while (first.get() == null) {
        Thread.onSpinWait();
      }
      assertNull(other.connect().ending());
      never.cancel(false);
    }
  }

  private static boolean isTaken(InetSocketAddress address) throws SocketException {
    try (DatagramSocket again = new DatagramSocket(address)) {
      return again.isClosed();
    } catch (BindException e) {
      return true;
    }
  }
}
