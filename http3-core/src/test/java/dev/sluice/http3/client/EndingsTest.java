package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls end before their time. */
@Timeout(60)
class EndingsTest {
  private static void stillWorks(Loopback loopback) throws Exception {
    assertEquals(
        200,
        loopback
            .client
            .send(loopback.request("/ping").build(), BodyHandlers.discarding())
            .statusCode());
  }

  @Test
  @Requirement({"RFC9114-4.1.1#3", "RFC9114-4.1.1#7"})
  void cancellingTheFutureResetsTheStream() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(PatientHandler.endless(loopback), BodyHandlers.discarding());
      waiting.began.await();
      assertTrue(future.cancel(true));
      RequestEnding.ResetByPeer reset =
          assertInstanceOf(RequestEnding.ResetByPeer.class, waiting.ended.get());
      assertEquals(Http3Error.H3_REQUEST_CANCELLED.code(), reset.code());
      stillWorks(loopback);
    }
  }

  @Test
  void cancellingADerivedFutureDoesToo() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(PatientHandler.endless(loopback), BodyHandlers.discarding());
      waiting.began.await();
      assertTrue(future.thenApply(HttpResponse::statusCode).cancel(true));
      waiting.ended.get();
      assertThrows(CancellationException.class, future::get);
    }
  }

  @Test
  void anInterruptedSendResetsTheStream() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  loopback.client.send(PatientHandler.endless(loopback), BodyHandlers.discarding());
                } catch (IOException | InterruptedException e) {
                  thrown.complete(e);
                }
              });
      waiting.began.await();
      sender.interrupt();
      assertInstanceOf(InterruptedException.class, thrown.get());
      assertInstanceOf(RequestEnding.ResetByPeer.class, waiting.ended.get());
    }
  }

  /** A response that comes in that very moment is not lost: somebody has to close it. */
  @Test
  void anInterruptedSendLeavesNothingOpen() throws Exception {
    try (Loopback loopback = Loopback.lasting(5_000_000)) {
      BodyHandler<InputStream> interrupting =
          head -> {
            Thread.currentThread().interrupt();
            return BodySubscribers.ofInputStream();
          };
      for (int i = 0; i < 40; i++) {
        try {
          loopback.client.send(loopback.request("/").build(), interrupting).body().close();
          assertTrue(Thread.interrupted());
        } catch (InterruptedException e) {
          assertFalse(Thread.interrupted());
        }
      }
      loopback.client.shutdown();
      assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
    }
  }

  @Test
  void aRequestTimeoutResetsTheStream() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      stillWorks(loopback);
      awaitTimeout(loopback, PatientHandler.endless(loopback), waiting);
      waiting.ended.get();
      stillWorks(loopback);
    }
  }

  @Test
  void aTimeoutNeedsNoThreadOfTheExecutor() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    PatientHandler waiting = new PatientHandler();
    try (ExecutorService busy = Executors.newSingleThreadExecutor();
        Loopback loopback = Loopback.of(waiting::handle, client -> client.executor(busy))) {
      InputStream stuck =
          new InputStream() {
            @Override
            public int read() throws IOException {
              try {
                over.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return -1;
            }
          };
      HttpRequest request =
          loopback
              .request("/wait")
              .timeout(Duration.ofSeconds(1))
              .POST(BodyPublishers.ofInputStream(() -> stuck))
              .build();
      assertThrows(
          HttpTimeoutException.class,
          () -> loopback.client.send(request, BodyHandlers.discarding()));
      over.countDown();
    }
  }

  @Test
  void theTimeoutCoversTheBody() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      stillWorks(loopback);
      awaitTimeout(loopback, loopback.request("/").build(), waiting);
      waiting.ended.get();
    }
  }

  @Test
  void theTimeoutCoversCookies() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CookieHandler slow =
        new CookieHandler() {
          @Override
          public Map<String, List<String>> get(URI uri, Map<String, List<String>> fields)
              throws IOException {
            try {
              over.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return Map.of();
          }

          @Override
          public void put(URI uri, Map<String, List<String>> fields) {}
        };
    try (Loopback loopback =
        Loopback.of(new PatientHandler()::handle, client -> client.cookieHandler(slow))) {
      HttpRequest request = loopback.request("/ping").timeout(Duration.ofMillis(1)).build();
      assertThrows(
          HttpTimeoutException.class,
          () -> loopback.client.send(request, BodyHandlers.discarding()));
      over.countDown();
    }
  }

  /**
   * Sends until it is a handler's work that takes too long: on a busy machine the time may be over
   * before the request has arrived.
   */
  private static void awaitTimeout(Loopback loopback, HttpRequest request, PatientHandler waiting) {
    for (long millis = 200; waiting.began.getCount() > 0; millis *= 2) {
      HttpRequest hasty =
          HttpRequest.newBuilder(request, (n, v) -> true)
              .timeout(Duration.ofMillis(millis))
              .build();
      HttpTimeoutException e =
          assertThrows(
              HttpTimeoutException.class,
              () -> loopback.client.send(hasty, BodyHandlers.discarding()));
      assertFalse(e instanceof HttpConnectTimeoutException);
    }
  }

  @Test
  void aServerThatIsSilentIsAConnectTimeout() throws Exception {
    try (DatagramChannel silent =
            DatagramChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Http3Client client =
            Http3Client.newBuilder()
                .insecurelyTrustEveryone()
                .connectTimeout(Duration.ofMillis(200))
                .build()) {
      int port = ((InetSocketAddress) silent.getLocalAddress()).getPort();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/")).build();
      assertThrows(
          HttpConnectTimeoutException.class, () -> client.send(request, BodyHandlers.discarding()));
    }
  }

  @Test
  void aBodyThatFailsEndsTheExchange() throws Exception {
    List<BodyHandler<Void>> all =
        List.of(
            info ->
                BodySubscribers.mapping(
                    BodySubscribers.ofInputStream(),
                    in -> {
                      throw new IllegalStateException("mine");
                    }),
            info ->
                new BodySubscriber<>() {
                  @Override
                  public CompletionStage<Void> getBody() {
                    throw new IllegalStateException("mine");
                  }

                  @Override
                  public void onSubscribe(Flow.Subscription subscription) {}

                  @Override
                  public void onNext(List<ByteBuffer> item) {}

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onComplete() {}
                });
    for (BodyHandler<Void> one : all) {
      try (Loopback loopback = Loopback.lasting(5_000_000)) {
        HttpRequest request = loopback.request("/").build();
        IOException failure =
            assertThrows(IOException.class, () -> loopback.client.send(request, one));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        loopback.client.shutdown();
        assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
      }
    }
  }

  @Test
  void anExecutorThatTakesNoMoreEndsTheBody() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              OutputStream out = exchange.respond(200, Fields.EMPTY);
              out.write(1);
              out.flush();
              go.await();
              out.write(2);
            },
            client -> client.executor(executor))) {
      InputStream in =
          loopback
              .client
              .sendAsync(loopback.request("/").build(), BodyHandlers.ofInputStream())
              .get()
              .body();
      assertEquals(1, in.read());
      executor.close();
      go.countDown();
      assertThrows(IOException.class, in::read);
    }
  }

  /** It may find no memory for a thread, say, at any of the calls of a request. */
  @Test
  void anExecutorThatFailsWithAnErrorLeavesNobodyWaiting() throws Exception {
    for (int works = 0; works < 5; works++) {
      AtomicInteger left = new AtomicInteger(works);
      Executor failing =
          task -> {
            if (left.getAndDecrement() <= 0) {
              throw new NoClassDefFoundError("on purpose");
            }
            Thread.startVirtualThread(task);
          };
      try (Loopback loopback =
          Loopback.of(
              exchange -> exchange.respond(200, Fields.EMPTY, Loopback.bytes(5_000_000)),
              client -> client.executor(failing))) {
        CompletableFuture<HttpResponse<byte[]>> future =
            loopback.client.sendAsync(loopback.request("/").build(), BodyHandlers.ofByteArray());
        future.exceptionally(failure -> null).get();
        loopback.client.shutdown();
        assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
      }
    }
  }

  @Test
  void aServerThatStopsFinishesWhatItHasBegun() throws Exception {
    int requests = 50;
    CountDownLatch began = new CountDownLatch(requests);
    CountDownLatch go = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              began.countDown();
              go.await();
              exchange.respond(200, Fields.EMPTY, Loopback.bytes(10_000));
            })) {
      List<CompletableFuture<HttpResponse<byte[]>>> futures =
          IntStream.range(0, requests)
              .mapToObj(
                  i ->
                      loopback.client.sendAsync(
                          loopback.request("/" + i).build(), BodyHandlers.ofByteArray()))
              .toList();
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
      go.countDown();
      for (CompletableFuture<HttpResponse<byte[]>> future : futures) {
        assertEquals(10_000, future.join().body().length);
      }
      assertTrue(stopped.get());
      loopback.server.awaitTermination();
    }
  }

  @Test
  void aServerThatIsClosedCutsWhatItHasBegun() throws Exception {
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(PatientHandler.endless(loopback), BodyHandlers.discarding());
      waiting.began.await();
      assertFalse(loopback.server.stop(Duration.ofMillis(50)));
      RequestEndedException failure =
          assertInstanceOf(
              RequestEndedException.class,
              assertThrows(CompletionException.class, future::join).getCause());
      assertInstanceOf(RequestEnding.ConnectionLost.class, failure.ending());
      assertInstanceOf(RequestEnding.ConnectionLost.class, waiting.ended.get());
    }
  }

  @Test
  void aNewConnectionReplacesOneThatHasGone() throws Exception {
    AtomicInteger handled = new AtomicInteger();
    Counting handler = new Counting(handled);
    try (Loopback first = Loopback.of(handler::handle)) {
      stillWorks(first);
      InetSocketAddress address = first.server.localAddress();
      first.server.stop(Duration.ofSeconds(5));
      try (Loopback second =
          Loopback.of(handler::handle, client -> client, server -> replacing(address, handler))) {
        assertEquals(
            200,
            first
                .client
                .send(
                    HttpRequest.newBuilder(second.uri("/ping")).build(), BodyHandlers.discarding())
                .statusCode());
        assertEquals(2, handled.get());
      }
    }
  }

  private static Http3ServerBuilder replacing(InetSocketAddress address, Counting handler) {
    return Http3Server.builder()
        .address(address)
        .identity(Loopback.IDENTITY)
        .handler(handler::handle);
  }

  private record Counting(AtomicInteger handled) {
    void handle(Http3Exchange exchange) throws IOException {
      handled.incrementAndGet();
      exchange.respond(200, Fields.EMPTY, new byte[0]);
    }
  }
}
