package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.http3.webtransport.WebTransportVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.WritePendingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions between our client and our server over real UDP. */
@Timeout(60)
class WebTransportTest {

  /** Echoes streams of both kinds, and datagrams. */
  private static final WebTransportHandler ECHO =
      session -> {
        Thread.startVirtualThread(() -> echoUni(session));
        Thread.startVirtualThread(() -> echoDatagrams(session));
        while (true) {
          WebTransportStream stream = session.acceptBidirectional();
          Thread.startVirtualThread(() -> echo(stream.inputStream(), stream.outputStream()));
        }
      };

  private static void echo(InputStream from, OutputStream to) {
    try (from;
        to) {
      from.transferTo(to);
    } catch (IOException e) {
      // The test has seen why.
    }
  }

  private static void echoUni(WebTransport session) {
    try {
      while (true) {
        InputStream in = session.acceptUnidirectional().inputStream();
        OutputStream out = session.openUnidirectional().outputStream();
        Thread.startVirtualThread(() -> echo(in, out));
      }
    } catch (IOException e) {
      // The session has ended.
    }
  }

  private static void echoDatagrams(WebTransport session) {
    try {
      while (true) {
        session.sendDatagram(session.receiveDatagram());
      }
    } catch (IOException e) {
      // The session has ended.
    }
  }

  private static Loopback loopback(WebTransportHandler handler) throws IOException {
    return loopback(handler, server -> server);
  }

  private static Loopback loopback(
      WebTransportHandler handler, UnaryOperator<Http3ServerBuilder> more) throws IOException {
    return Loopback.of(
        exchange -> exchange.respond(200, Fields.EMPTY).close(),
        client -> client.webTransport(WebTransportConfig.DEFAULT),
        server -> more.apply(server.webTransport("/wt", handler)));
  }

  private static WebTransport connect(Loopback loopback) throws Exception {
    return loopback.client.connect(loopback.uri("/wt?x=1"), SessionOptions.DEFAULT);
  }

  private static byte[] exchange(WebTransportStream stream, byte[] data) throws IOException {
    Thread.startVirtualThread(
        () -> {
          try (OutputStream out = stream.outputStream()) {
            out.write(data);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    return stream.inputStream().readAllBytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 100_000, 10_000_000})
  void echoOverABidirectionalStream(int length) throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      WebTransport session = connect(loopback);
      assertEquals(WebTransportVersion.DRAFT_16, session.version());
      assertEquals("/wt?x=1", session.request().path());
      byte[] data = Loopback.bytes(length);
      assertArrayEquals(data, exchange(session.openBidirectional(), data));
    }
  }

  /** More than pipes, buffers and windows hold together. */
  @Test
  void whatIsBeingWrittenIsWrittenBeforeTheStreamFinishes() throws Exception {
    int much = 64 << 20;
    try (Loopback loopback = loopback(ECHO)) {
      WebTransportStream stream = connect(loopback).openBidirectional();
      CompletableFuture<Void> written = stream.writeAsync(ByteBuffer.allocate(much));
      assertThrows(WritePendingException.class, () -> stream.writeAsync(ByteBuffer.allocate(much)));
      stream.finish();
      assertEquals(much, stream.inputStream().transferTo(OutputStream.nullOutputStream()));
      written.get();
    }
  }

  @ParameterizedTest
  @EnumSource(WebTransportVersion.class)
  void everyVersion(WebTransportVersion version) throws Exception {
    WebTransportConfig only = WebTransportConfig.DEFAULT.withVersions(Set.of(version));
    try (Loopback loopback = loopback(ECHO, server -> server.webTransport(only))) {
      WebTransport session = connect(loopback);
      assertEquals(version, session.version());
      byte[] data = Loopback.bytes(5000);
      assertArrayEquals(data, exchange(session.openBidirectional(), data));
      try (OutputStream out = session.openUnidirectional().outputStream()) {
        out.write(data);
      }
      assertArrayEquals(data, session.acceptUnidirectional().inputStream().readAllBytes());
      assertTrue(session.sendDatagram(new byte[] {1, 2, 3}));
      assertArrayEquals(new byte[] {1, 2, 3}, session.receiveDatagram());
    }
  }

  @Test
  void manySessionsAndStreamsAtOnce() throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      assertNotEquals(first.id(), second.id(), "one connection");
      for (int i = 0; i < 150; i++) {
        WebTransport session = i % 2 == 0 ? first : second;
        byte[] data = Loopback.bytes(10 + i);
        assertArrayEquals(data, exchange(session.openBidirectional(), data));
      }
      assertEquals(75, first.statistics().streamsOpened());
    }
  }

  @Test
  void moreSessionsThanAConnectionTakesGetAnother() throws Exception {
    try (Loopback loopback =
        loopback(
            ECHO,
            server ->
                server.webTransport(
                    WebTransportConfig.DEFAULT
                        .withVersions(Set.of(WebTransportVersion.DRAFT_14))
                        .withMaxSessions(1)))) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      assertEquals(first.id(), second.id(), "the first request of each connection");
      for (WebTransport session : List.of(first, second)) {
        assertArrayEquals(new byte[] {5}, exchange(session.openBidirectional(), new byte[] {5}));
      }
    }
  }

  @Test
  void asynchronously() throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      CompletableFuture<String> answer =
          loopback
              .client
              .connectAsync(loopback.uri("/wt"), SessionOptions.DEFAULT)
              .thenCompose(WebTransport::openBidirectionalAsync)
              .thenCompose(
                  stream ->
                      stream
                          .writeAsync(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)))
                          .thenCompose(
                              written -> {
                                ByteBuffer buffer = ByteBuffer.allocate(5);
                                return stream
                                    .readAsync(buffer)
                                    .thenApply(n -> new String(buffer.array(), 0, n));
                              }));
      assertEquals("hello", answer.get());
    }
  }

  @Test
  void closeReachesTheOtherSide() throws Exception {
    CompletableFuture<SessionEnding> atServer = new CompletableFuture<>();
    try (Loopback loopback = loopback(session -> session.closed().thenAccept(atServer::complete))) {
      WebTransport session = connect(loopback);
      WebTransportStream stream = session.openBidirectional();
      session.close(42, "enough");
      SessionEnding.Closed closed = new SessionEnding.Closed(SessionEnding.Side.PEER, 42, "enough");
      assertEquals(closed, atServer.get());
      SessionEnding local = session.closed().toCompletableFuture().get();
      assertEquals(new SessionEnding.Closed(SessionEnding.Side.LOCAL, 42, "enough"), local);
      SessionStreamEndedException ended =
          assertThrows(SessionStreamEndedException.class, () -> stream.inputStream().read());
      assertEquals(new SessionStreamEnding.SessionEnded(local), ended.ending());
      assertThrows(SessionEndedException.class, session::openBidirectional);
      assertThrows(SessionEndedException.class, session::acceptBidirectional);
      assertThrows(SessionEndedException.class, session::receiveDatagram);
    }
  }

  @Test
  void whatArrivedBeforeTheCloseIsDelivered() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Loopback loopback =
        loopback(
            session -> {
              WebTransportStream stream = session.openUnidirectional();
              stream.outputStream().write("all of it".getBytes(StandardCharsets.UTF_8));
              session.sendDatagram(new byte[] {7});
              written.countDown();
              go.await();
              session.close(9, "bye");
            })) {
      WebTransport session = connect(loopback);
      written.await();
      // The bytes are on the way; the statistics say when they are here.
      while (session.statistics().streamsAccepted() < 1
          || session.statistics().datagramsReceived() < 1) {
        Thread.onSpinWait();
      }
      go.countDown();
      SessionEnding ending = session.closed().toCompletableFuture().get();
      assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, 9, "bye"), ending);
      WebTransportStream stream = session.acceptUnidirectional();
      byte[] all = new byte[9];
      assertEquals(9, stream.inputStream().readNBytes(all, 0, 9));
      assertEquals("all of it", new String(all, StandardCharsets.UTF_8));
      SessionStreamEndedException ended =
          assertThrows(SessionStreamEndedException.class, () -> stream.inputStream().read());
      assertEquals(new SessionStreamEnding.SessionEnded(ending), ended.ending());
      assertArrayEquals(new byte[] {7}, session.receiveDatagram());
      assertThrows(SessionEndedException.class, session::receiveDatagram);
    }
  }

  @Test
  void resetAndStopReachTheOtherSide() throws Exception {
    CompletableFuture<SessionStreamEnding> stopped = new CompletableFuture<>();
    try (Loopback loopback =
        loopback(
            session -> {
              WebTransportStream stream = session.acceptBidirectional();
              stream.sendEnded().thenAccept(stopped::complete);
              stream.outputStream().write(1);
              session.openUnidirectional().reset(77);
            })) {
      WebTransport session = connect(loopback);
      WebTransportStream stream = session.openBidirectional();
      stream.outputStream().write(1);
      assertEquals(1, stream.inputStream().read());
      stream.stopReading(5);
      assertEquals(new SessionStreamEnding.Stopped(5), stopped.get());
      WebTransportStream reset = session.acceptUnidirectional();
      SessionStreamEndedException ended =
          assertThrows(SessionStreamEndedException.class, () -> reset.inputStream().read());
      assertEquals(new SessionStreamEnding.Reset(77), ended.ending());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 32})
  void codesThatAreNoneAreRefusedAtOnce(long code) throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      WebTransport session = connect(loopback);
      WebTransportStream stream = session.openBidirectional();
      assertThrows(IllegalArgumentException.class, () -> stream.stopReading(code));
      assertThrows(IllegalArgumentException.class, () -> stream.reset(code));
      assertThrows(IllegalArgumentException.class, () -> session.close(code, ""));
      assertArrayEquals(new byte[] {5}, exchange(stream, new byte[] {5}));
    }
  }

  @Test
  void negotiateAndReject() throws Exception {
    WebTransportHandler handler =
        new WebTransportHandler() {
          @Override
          public void handle(WebTransport session) {}

          @Override
          public SessionAnswer answer(SessionRequest request) {
            return request.protocols().contains("b")
                ? SessionAnswer.accept("b")
                : SessionAnswer.reject(400);
          }
        };
    try (Loopback loopback = loopback(handler)) {
      WebTransport session =
          loopback.client.connect(
              loopback.uri("/wt"), SessionOptions.DEFAULT.withProtocols(true, "a", "b"));
      assertEquals("b", session.protocol());
      SessionEndedException refused =
          assertThrows(SessionEndedException.class, () -> connect(loopback));
      assertEquals(
          400, assertInstanceOf(SessionEnding.Refused.class, refused.ending()).response().status());
      SessionEndedException nobody =
          assertThrows(
              SessionEndedException.class,
              () -> loopback.client.connect(loopback.uri("/other"), SessionOptions.DEFAULT));
      assertEquals(
          405, assertInstanceOf(SessionEnding.Refused.class, nobody.ending()).response().status());
      SessionOptions foreign =
          SessionOptions.DEFAULT.withFields(Fields.of("origin", "https://evil.example"));
      SessionEndedException forbidden =
          assertThrows(
              SessionEndedException.class,
              () -> loopback.client.connect(loopback.uri("/wt"), foreign));
      assertEquals(
          403,
          assertInstanceOf(SessionEnding.Refused.class, forbidden.ending()).response().status());
    }
  }

  @Test
  void bothSidesExportTheSameKeys() throws Exception {
    CompletableFuture<byte[]> atServer = new CompletableFuture<>();
    byte[] label = "label".getBytes(StandardCharsets.UTF_8);
    try (Loopback loopback =
        loopback(
            session ->
                atServer.complete(session.exportKeyingMaterial(label, new byte[] {1}, 32)))) {
      WebTransport session = connect(loopback);
      byte[] keys = session.exportKeyingMaterial(label, new byte[] {1}, 32);
      assertArrayEquals(atServer.get(), keys);
      assertEquals(32, keys.length);
    }
  }

  @Test
  void requestsShareTheConnection() throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      WebTransport session = connect(loopback);
      assertEquals(
          200,
          loopback
              .client
              .send(loopback.request("/").build(), BodyHandlers.discarding())
              .statusCode());
      assertTrue(session.maxDatagramLength() > 1000);
    }
  }

  @Test
  void aServerThatOffersNone() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY).close(),
            client -> client.webTransport(WebTransportConfig.DEFAULT))) {
      IOException e = assertThrows(IOException.class, () -> connect(loopback));
      assertTrue(e.getMessage().contains("WebTransport"), e.getMessage());
    }
    try (Http3Client without = Http3Client.newHttpClient()) {
      assertThrows(
          IllegalStateException.class,
          () -> without.connectAsync(URI.create("https://localhost/"), SessionOptions.DEFAULT));
    }
  }

  @Test
  void aHandlerThatFailsClosesItsSession() throws Exception {
    try (Loopback loopback =
        loopback(
            session -> {
              throw new IllegalStateException("on purpose");
            })) {
      WebTransport session = connect(loopback);
      assertEquals(
          new SessionEnding.Closed(SessionEnding.Side.PEER, 1, ""),
          session.closed().toCompletableFuture().get());
    }
  }

  @Test
  void theConnectionsOwnThreadIsNotBlocked() throws Exception {
    try (Loopback loopback = loopback(session -> session.close(1, ""))) {
      CompletableFuture<Object> seen =
          loopback
              .client
              .connectAsync(loopback.uri("/wt"), SessionOptions.DEFAULT)
              .thenApply(
                  session -> {
                    try {
                      return session.acceptBidirectional();
                    } catch (IOException | IllegalStateException e) {
                      return e;
                    }
                  });
      // Refused on the loop, or else the session's end.
      assertTrue(
          seen.get() instanceof IllegalStateException
              || seen.get() instanceof SessionEndedException);
    }
  }

  // Draining

  @Test
  void aServersGracefulStopDrainsItsSessions() throws Exception {
    CompletableFuture<WebTransport> atServer = new CompletableFuture<>();
    try (Loopback loopback =
        loopback(
            session -> {
              atServer.complete(session);
              ECHO.handle(session);
            })) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      CompletableFuture<Boolean> stopped = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              stopped.complete(loopback.server.stop(Duration.ofSeconds(30)));
            } catch (InterruptedException e) {
              stopped.completeExceptionally(e);
            }
          });
      first.draining().toCompletableFuture().get();
      second.draining().toCompletableFuture().get();
      atServer.get().draining().toCompletableFuture().get();
      assertArrayEquals(new byte[] {5}, exchange(first.openBidirectional(), new byte[] {5}));
      assertFalse(stopped.isDone());
      first.close();
      second.close();
      assertTrue(stopped.get(), "it waited for the sessions");
    }
  }

  @Test
  void oneSessionByItsServer() throws Exception {
    try (Loopback loopback =
        loopback(
            session -> {
              session.drain();
              ECHO.handle(session);
            })) {
      WebTransport session = connect(loopback);
      session.draining().toCompletableFuture().get();
      assertArrayEquals(new byte[] {5}, exchange(session.openBidirectional(), new byte[] {5}));
    }
  }

  @Test
  void allSessionsOfAServerThatGoesOn() throws Exception {
    try (Loopback loopback = loopback(ECHO)) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      loopback.server.drainSessions();
      first.draining().toCompletableFuture().get();
      second.draining().toCompletableFuture().get();
      assertArrayEquals(new byte[] {5}, exchange(first.openBidirectional(), new byte[] {5}));
      WebTransport third = connect(loopback);
      assertEquals(second.id() + 8, third.id(), "behind the echo on the same connection");
      assertFalse(third.draining().toCompletableFuture().isDone());
    }
  }
}
