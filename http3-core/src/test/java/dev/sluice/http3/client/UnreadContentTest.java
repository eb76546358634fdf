package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ContentDroppedException;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Handler;
import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Content that waits for its reader while its connection comes to an end: it is all there, bounded
 * by the windows, and held by nobody but the reader.
 */
@Timeout(240)
class UnreadContentTest {

  /** What fits between the threads and into a stream's first window, but for frames' headers. */
  private static final int AT_LEAST = ResponseBody.CAPACITY + (1 << 20) - 4096;

  /** No more than the windows can grow to. */
  private static final int AT_MOST = 64 << 20;

  private static final ConnectionEnding CLOSED_BY_SERVER =
      new ConnectionEnding.ApplicationClose(Side.PEER, Http3Error.H3_NO_ERROR.code(), "");

  /** Writes without end, on "/", and counts. */
  private static final class Endless {
    final AtomicLong written = new AtomicLong();

    void handle(Http3Exchange exchange) throws IOException {
      if (exchange.path().equals("/ping")) {
        exchange.respond(200, Fields.EMPTY, new byte[0]);
        return;
      }
      OutputStream out = exchange.respond(200, Fields.EMPTY);
      byte[] block = new byte[64 * 1024];
      while (true) {
        for (int i = 0; i < block.length; i++) {
          block[i] = at(written.get() + i);
        }
        out.write(block);
        written.addAndGet(block.length);
      }
    }
  }

  private static byte at(long position) {
    return (byte) (position * 31 + (position >> 13));
  }

  /** Reads until the exception; checks every byte. */
  private static long readAll(InputStream in, CompletableFuture<IOException> thrown) {
    byte[] block = new byte[10_000];
    long total = 0;
    try {
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        for (int i = 0; i < n; i++) {
          assertEquals(at(total + i), block[i]);
        }
        total += n;
      }
    } catch (IOException e) {
      thrown.complete(e);
    }
    return total;
  }

  private static InputStream open(Loopback loopback) throws Exception {
    return loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream()).body();
  }

  private static void stop(Loopback loopback) throws Exception {
    loopback.server.close();
    loopback.server.awaitTermination();
  }

  @Test
  void isReadLongAfterTheServerHasGone() throws Exception {
    Endless endless = new Endless();
    try (Loopback loopback = Loopback.of(endless::handle)) {
      InputStream in = open(loopback);
      Quiet.await(loopback, "/ping", endless.written::get, AT_LEAST);
      stop(loopback);
      assertThrows(IOException.class, () -> open(loopback));
      CompletableFuture<IOException> thrown = new CompletableFuture<>();
      long read = readAll(in, thrown);
      assertTrue(read >= AT_LEAST && read < AT_MOST, read + " bytes read");
      RequestEndedException ended =
          assertInstanceOf(RequestEndedException.class, thrown.get().getCause());
      assertEquals(new RequestEnding.ConnectionLost(CLOSED_BY_SERVER, true), ended.ending());
    }
  }

  /** Nobody but the test refers to the stream, and then nobody at all. */
  private static WeakReference<InputStream> openAndLetGo(Loopback loopback, Endless endless)
      throws Exception {
    InputStream in = open(loopback);
    Quiet.await(loopback, "/ping", endless.written::get);
    stop(loopback);
    assertThrows(IOException.class, () -> open(loopback));
    loopback.client.shutdown();
    assertFalse(
        loopback.client.awaitTermination(Duration.ZERO), "a client waits for those who read");
    return new WeakReference<>(in);
  }

  @Test
  void ofAClosedConnectionIsFreedWhenItsReaderLetsGo() throws Exception {
    Endless endless = new Endless();
    try (Loopback loopback = Loopback.of(endless::handle)) {
      assertFreed(openAndLetGo(loopback, endless), loopback);
    }
  }

  private static WeakReference<InputStream> completeAndLetGo(Loopback loopback) throws Exception {
    InputStream in = open(loopback);
    loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
    loopback.client.shutdown();
    return new WeakReference<>(in);
  }

  @Test
  void ofACompleteResponseIsFreedWhenItsReaderLetsGo() throws Exception {
    try (Loopback loopback =
        Loopback.of(exchange -> exchange.respond(200, Fields.EMPTY, new byte[200_000]))) {
      assertFreed(completeAndLetGo(loopback), loopback);
    }
  }

  /** The bytes go, and with them the call, so that the client terminates. */
  private static void assertFreed(WeakReference<InputStream> reader, Loopback loopback)
      throws InterruptedException {
    boolean terminated = false;
    for (int i = 0; i < 1000 && !terminated; i++) {
      System.gc();
      terminated = loopback.client.awaitTermination(Duration.ofMillis(100));
    }
    assertTrue(terminated, "something still waits for the reader");
    assertNull(reader.get());
  }

  private static Loopback impatient(Http3Handler handler) throws IOException {
    return Loopback.of(
        handler,
        client ->
            client.contentRetention(Duration.ofMillis(1)).webTransport(WebTransportConfig.DEFAULT),
        server ->
            server
                .contentRetention(Duration.ofMillis(1))
                .webTransport("/wt", UnreadContentTest::sendAndClose));
  }

  private static void assertDropped(InputStream in) {
    IOException dropped = assertThrows(IOException.class, in::readAllBytes);
    Throwable cause = dropped instanceof ContentDroppedException ? dropped : dropped.getCause();
    assertInstanceOf(ContentDroppedException.class, cause);
  }

  @Test
  void thatNobodyReadsIsDroppedInTheEnd() throws Exception {
    Endless endless = new Endless();
    try (Loopback loopback = impatient(endless::handle)) {
      InputStream in = open(loopback);
      Quiet.await(loopback, "/ping", endless.written::get);
      stop(loopback);
      loopback.client.shutdown();
      assertTrue(loopback.client.awaitTermination(Duration.ofMinutes(2)), "it waits no longer");
      assertDropped(in);
      assertThrows(IOException.class, in::read);
    }
  }

  /** Its end had arrived as well, and its connection lived on for a while. */
  @Test
  void ofACompleteResponseThatNobodyReadsIsDroppedInTheEnd() throws Exception {
    try (Loopback loopback =
        impatient(exchange -> exchange.respond(200, Fields.EMPTY, new byte[200_000]))) {
      InputStream in = open(loopback);
      loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
      assertEquals(0, in.read());
      stop(loopback);
      loopback.client.shutdown();
      assertTrue(loopback.client.awaitTermination(Duration.ofMinutes(2)));
      assertDropped(in);
    }
  }

  @Test
  void ofAConnectionThatLivesIsNotDropped() throws Exception {
    try (Loopback loopback =
        impatient(exchange -> exchange.respond(200, Fields.EMPTY, new byte[200_000]))) {
      InputStream in = open(loopback);
      for (int i = 0; i < 20; i++) {
        loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
      }
      assertEquals(200_000, in.readAllBytes().length);
    }
  }

  @Test
  void ofARequestThatItsHandlerDoesNotReadIsDroppedInTheEnd() throws Exception {
    CompletableFuture<InputStream> body = new CompletableFuture<>();
    CountDownLatch tested = new CountDownLatch(1);
    try (Loopback loopback =
        impatient(
            exchange -> {
              if (exchange.path().equals("/ping")) {
                exchange.respond(200, Fields.EMPTY, new byte[0]);
                return;
              }
              body.complete(exchange.requestBody());
              tested.await();
            })) {
      EndlessPublisher endless = EndlessPublisher.ofChunks(64 * 1024);
      loopback.client.sendAsync(
          loopback.request("/").POST(BodyPublishers.fromPublisher(endless)).build(),
          BodyHandlers.discarding());
      Quiet.await(loopback, "/ping", endless.published::get);
      assertTrue(body.get().available() > 0);
      loopback.client.shutdownNow();
      while (body.get().available() > 0) {
        Thread.onSpinWait();
      }
      assertDropped(body.get());
      tested.countDown();
    }
  }

  /** A stream, a stream that nobody accepts, a datagram, and the end. */
  private static void sendAndClose(WebTransport session) throws IOException {
    for (int i = 0; i < 2; i++) {
      WebTransportStream stream = session.openUnidirectional();
      try (OutputStream out = stream.outputStream()) {
        out.write(new byte[1000]);
      }
      stream.sendEnded().toCompletableFuture().join();
    }
    session.sendDatagram(new byte[10]);
    session.acceptBidirectional();
    session.close(7, "that was all");
  }

  @Test
  void ofASessionThatNobodyReadsIsDroppedInTheEnd() throws Exception {
    try (Loopback loopback = impatient(exchange -> {})) {
      WebTransport session = loopback.client.connect(loopback.uri("/wt"), SessionOptions.DEFAULT);
      WebTransportStream accepted = session.acceptUnidirectional();
      assertEquals(0, accepted.inputStream().read());
      session.openBidirectional().outputStream().close();
      session.closed().toCompletableFuture().get();
      InputStream unaccepted = session.acceptUnidirectional().inputStream();
      while (accepted.inputStream().available() + unaccepted.available() > 0) {
        Thread.onSpinWait();
      }
      assertDropped(accepted.inputStream());
      assertDropped(unaccepted);
      IOException last = null;
      while (last == null) {
        try {
          session.receiveDatagram();
        } catch (IOException e) {
          last = e;
        }
      }
      assertTrue(
          last instanceof ContentDroppedException || last instanceof SessionEndedException,
          last.toString());
    }
  }

  @Test
  void ofARequestIsReadByItsHandlerAfterTheServerHasClosed() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    CompletableFuture<Long> total = new CompletableFuture<>();
    CompletableFuture<RequestEnding> ending = new CompletableFuture<>();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              if (exchange.path().equals("/ping")) {
                exchange.respond(200, Fields.EMPTY, new byte[0]);
                return;
              }
              read.await();
              long n = 0;
              try {
                byte[] block = new byte[10_000];
                for (int got = 0; got >= 0; got = exchange.requestBody().read(block)) {
                  n += got;
                }
              } catch (RequestEndedException e) {
                ending.complete(e.ending());
              } finally {
                total.complete(n);
              }
            })) {
      EndlessPublisher endless = EndlessPublisher.ofChunks(64 * 1024);
      loopback.client.sendAsync(
          loopback.request("/").POST(BodyPublishers.fromPublisher(endless)).build(),
          BodyHandlers.discarding());
      Quiet.await(loopback, "/ping", endless.published::get, AT_LEAST);
      stop(loopback);
      read.countDown();
      long n = total.get();
      assertTrue(n >= AT_LEAST && n < AT_MOST, n + " bytes read");
      ConnectionEnding ours =
          new ConnectionEnding.ApplicationClose(Side.LOCAL, Http3Error.H3_NO_ERROR.code(), "");
      assertEquals(new RequestEnding.ConnectionLost(ours, true), ending.get());
    }
  }
}
