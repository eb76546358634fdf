package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every standard handler gets what the server sent. */
@Timeout(60)
class BodyHandlersTest {

  private static final byte[] DATA = Loopback.bytes(300_000);
  private static final List<String> LINES = List.of("first", "second ü", "", "last");

  private final CountDownLatch begun = new CountDownLatch(2);
  private Loopback loopback;
  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    loopback = Loopback.of(this::serve);
  }

  @AfterEach
  void stop() {
    loopback.close();
  }

  private void serve(Http3Exchange exchange) throws Exception {
    switch (exchange.path()) {
      case "/data" -> {
        Fields fields = Fields.of("content-disposition", "attachment; filename=\"data.bin\"");
        exchange.respond(200, fields, DATA);
      }
      case "/lines" ->
          exchange.respond(
              200,
              Fields.of("content-type", "text/plain; charset=utf-8"),
              String.join("\n", LINES).getBytes(StandardCharsets.UTF_8));
      case "/cut" -> {
        exchange.respond(200, Fields.EMPTY).flush();
        begun.await();
        throw new RequestEndedException(new RequestEnding.Abandoned(0)); // nothing to log
      }
      default -> exchange.respond(404, Fields.EMPTY, new byte[0]);
    }
  }

  private <T> T get(String path, BodyHandler<T> handler) throws Exception {
    HttpResponse<T> response = loopback.client.send(loopback.request(path).build(), handler);
    assertEquals(200, response.statusCode());
    return response.body();
  }

  @Test
  void areCalledByWhoWaitsUnlessThatEndsByTheClock() throws Exception {
    List<Thread> threads = new ArrayList<>();
    BodyHandler<Void> noting =
        head -> {
          threads.add(Thread.currentThread());
          return BodySubscribers.discarding();
        };
    get("/data", noting);
    assertSame(Thread.currentThread(), threads.getLast());
    Duration limit = Duration.ofSeconds(50);
    loopback.client.send(loopback.request("/data").timeout(limit).build(), noting);
    assertNotSame(Thread.currentThread(), threads.getLast());
  }

  @Test
  void ofByteArray() throws Exception {
    assertArrayEquals(DATA, get("/data", BodyHandlers.ofByteArray()));
  }

  @Test
  void ofString() throws Exception {
    assertEquals(String.join("\n", LINES), get("/lines", BodyHandlers.ofString()));
    assertEquals(
        String.join("\n", LINES), get("/lines", BodyHandlers.ofString(StandardCharsets.UTF_8)));
  }

  @Test
  void ofLines() throws Exception {
    try (Stream<String> lines = get("/lines", BodyHandlers.ofLines())) {
      assertEquals(LINES, lines.toList());
    }
  }

  @Test
  void ofFile() throws Exception {
    Path file = directory.resolve("file");
    assertEquals(file, get("/data", BodyHandlers.ofFile(file)));
    assertArrayEquals(DATA, Files.readAllBytes(file));
  }

  @Test
  void ofFileDownload() throws Exception {
    Path file =
        get(
            "/data",
            BodyHandlers.ofFileDownload(
                directory, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    assertEquals(directory.resolve("data.bin"), file);
    assertArrayEquals(DATA, Files.readAllBytes(file));
  }

  @Test
  void ofInputStream() throws Exception {
    try (InputStream in = get("/data", BodyHandlers.ofInputStream())) {
      assertArrayEquals(DATA, in.readAllBytes());
    }
  }

  @Test
  void ofByteArrayConsumer() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean[] ended = {false};
    get(
        "/data",
        BodyHandlers.ofByteArrayConsumer(
            chunk -> chunk.ifPresentOrElse(out::writeBytes, () -> ended[0] = true)));
    assertTrue(ended[0]);
    assertArrayEquals(DATA, out.toByteArray());
  }

  @Test
  void ofPublisher() throws Exception {
    Flow.Publisher<List<ByteBuffer>> publisher = get("/data", BodyHandlers.ofPublisher());
    Collector collector = new Collector(1);
    publisher.subscribe(collector);
    assertArrayEquals(DATA, collector.collected.get());
  }

  @Test
  void fromSubscriber() throws Exception {
    Collector collector = new Collector(3);
    int length =
        get("/data", BodyHandlers.fromSubscriber(collector, c -> c.collected.join().length));
    assertEquals(DATA.length, length);
    assertArrayEquals(DATA, collector.collected.get());
    Collector other = new Collector(Long.MAX_VALUE);
    assertNull(get("/data", BodyHandlers.fromSubscriber(other)));
    assertArrayEquals(DATA, other.collected.get());
  }

  @Test
  void fromLineSubscriber() throws Exception {
    List<String> lines = new ArrayList<>();
    Flow.Subscriber<String> subscriber =
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(String line) {
            lines.add(line);
          }

          @Override
          public void onError(Throwable failure) {
            throw new AssertionError(failure);
          }

          @Override
          public void onComplete() {}
        };
    get("/lines", BodyHandlers.fromLineSubscriber(subscriber));
    assertEquals(LINES, lines);
  }

  @Test
  void discardingAndReplacing() throws Exception {
    assertNull(get("/data", BodyHandlers.discarding()));
    assertEquals("other", get("/data", BodyHandlers.replacing("other")));
  }

  @Test
  void buffering() throws Exception {
    assertArrayEquals(DATA, get("/data", BodyHandlers.buffering(BodyHandlers.ofByteArray(), 7777)));
  }

  @Test
  void limiting() throws Exception {
    assertArrayEquals(
        DATA, get("/data", BodyHandlers.limiting(BodyHandlers.ofByteArray(), DATA.length)));
    assertThrows(
        IOException.class,
        () -> get("/data", BodyHandlers.limiting(BodyHandlers.ofByteArray(), DATA.length - 1)));
    // The connection has survived the cancelled stream.
    assertArrayEquals(DATA, get("/data", BodyHandlers.ofByteArray()));
  }

  @Test
  void mapping() throws Exception {
    int lines =
        get(
            "/lines",
            info ->
                BodySubscribers.mapping(
                    BodySubscribers.ofString(StandardCharsets.UTF_8),
                    text -> text.split("\n").length));
    assertEquals(LINES.size(), lines);
  }

  /** The JDK has the mapper run where it may wait for its stream. */
  @Test
  void mappingThatReadsAStream() throws Exception {
    BodyHandler<byte[]> reading =
        info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), BodyHandlersTest::readAll);
    assertArrayEquals(DATA, get("/data", reading));
    HttpRequest request = loopback.request("/data").build();
    assertArrayEquals(DATA, loopback.client.sendAsync(request, reading).get().body());
  }

  private static byte[] readAll(InputStream in) {
    try (in) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void closingTheStreamEarlyLeavesTheConnectionAlone() throws Exception {
    try (InputStream in = get("/data", BodyHandlers.ofInputStream())) {
      assertEquals(DATA[0], (byte) in.read());
    }
    assertEquals(String.join("\n", LINES), get("/lines", BodyHandlers.ofString()));
  }

  @Test
  void aHandlerThatThrowsFailsTheCallWithWhatItThrew() throws Exception {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                get(
                    "/data",
                    info -> {
                      throw new IllegalStateException("mine");
                    }));
    assertEquals(
        "mine", assertInstanceOf(IllegalStateException.class, failure.getCause()).getMessage());
    assertArrayEquals(DATA, get("/data", BodyHandlers.ofByteArray()));
  }

  /** As other languages of the JVM let everybody do. */
  @Test
  void exceptionsThatNobodyDeclaresFailTheCall() {
    List<BodyHandler<Void>> all =
        List.of(
            info -> BodyHandlersTest.<BodySubscriber<Void>, RuntimeException>fail(),
            info ->
                BodySubscribers.ofByteArrayConsumer(
                    bytes -> BodyHandlersTest.<Void, RuntimeException>fail()),
            info ->
                BodySubscribers.mapping(
                    BodySubscribers.discarding(),
                    done -> BodyHandlersTest.<Void, RuntimeException>fail()));
    for (BodyHandler<Void> one : all) {
      CompletableFuture<?> future =
          loopback.client.sendAsync(loopback.request("/data").build(), one);
      ExecutionException failure = assertThrows(ExecutionException.class, future::get);
      assertInstanceOf(NoSuchMethodException.class, failure.getCause());
    }
  }

  @SuppressWarnings("unchecked")
  private static <R, E extends Throwable> R fail() throws E {
    throw (E) new NoSuchMethodException("mine");
  }

  @Test
  void aSubscriberThatThrowsFailsTheCall() throws Exception {
    Flow.Subscriber<List<ByteBuffer>> broken =
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
          }

          @Override
          public void onNext(List<ByteBuffer> item) {
            throw new IllegalStateException("mine");
          }

          @Override
          public void onError(Throwable failure) {}

          @Override
          public void onComplete() {}
        };
    assertThrows(IOException.class, () -> get("/data", BodyHandlers.fromSubscriber(broken)));
  }

  @Test
  void aSubscriberThatThrowsAtTheEndFailsTheCall() {
    BodyHandler<String> broken =
        info ->
            new BodySubscriber<>() {
              @Override
              public CompletionStage<String> getBody() {
                return new CompletableFuture<>();
              }

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
                begun.countDown();
              }

              @Override
              public void onNext(List<ByteBuffer> item) {}

              @Override
              public void onError(Throwable failure) {
                throw new IllegalStateException("mine");
              }

              @Override
              public void onComplete() {
                throw new IllegalStateException("mine");
              }
            };
    IOException ofItsOwn = assertThrows(IOException.class, () -> get("/data", broken));
    assertEquals(
        "mine", assertInstanceOf(IllegalStateException.class, ofItsOwn.getCause()).getMessage());
    // Of two reasons the first is what the caller has to hear of.
    IOException cut = assertThrows(IOException.class, () -> get("/cut", broken));
    assertInstanceOf(RequestEndedException.class, cut);
    assertEquals("mine", cut.getSuppressed()[0].getMessage());
  }

  @Test
  void aBodyThatIsCancelledIsNotTakenForAShutdown() {
    BodyHandler<Void> cancelled =
        info ->
            BodySubscribers.fromSubscriber(
                new Collector(1),
                collector -> {
                  throw new CancellationException("mine");
                });
    IOException failure = assertThrows(IOException.class, () -> get("/data", cancelled));
    assertInstanceOf(CancellationException.class, failure.getCause());
    assertFalse(failure.getMessage().contains("shut down"), failure.getMessage());
  }

  @Test
  void theResponseTellsWhatItIs() throws Exception {
    HttpResponse<byte[]> response =
        loopback.client.send(loopback.request("/data").build(), BodyHandlers.ofByteArray());
    Http3Response<byte[]> http3 = (Http3Response<byte[]>) response;
    assertEquals("h3", http3.connection().applicationProtocol());
    assertEquals(1, http3.connection().quicVersion());
    assertEquals("localhost", http3.connection().serverName());
    assertEquals(loopback.server.localAddress(), http3.connection().remoteAddress());
    assertEquals(Loopback.IDENTITY.certificateChain(), http3.connection().peerCertificates());
    assertTrue(http3.connection().smoothedRtt().isPositive());
    assertEquals(http3.connection().label(), response.connectionLabel().orElseThrow());
    assertEquals(
        http3.connection().cipherSuite(), response.sslSession().orElseThrow().getCipherSuite());
    assertTrue(http3.trailers().get().map().isEmpty());
    assertEquals(loopback.uri("/data"), response.uri());
    assertTrue(response.previousResponse().isEmpty());
    assertEquals("300000", response.headers().firstValue("content-length").orElseThrow());
  }

  /** Asks for a few items at a time. */
  private static final class Collector implements Flow.Subscriber<List<ByteBuffer>> {
    final CompletableFuture<byte[]> collected = new CompletableFuture<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final long atOnce;
    private long left;
    private Flow.Subscription subscription;

    Collector(long atOnce) {
      this.atOnce = atOnce;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      left = atOnce;
      given.request(atOnce);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        out.writeBytes(bytes);
      }
      if (--left == 0) {
        left = atOnce;
        subscription.request(atOnce);
      }
    }

    @Override
    public void onError(Throwable failure) {
      collected.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      collected.complete(out.toByteArray());
    }
  }
}
