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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls end before their time, and how a client does. */
@Timeout(60)
class EndingsTest {

  /** A handler that waits for its client to give up, and tells how it learned of it. */
  private static final class Waiting {
    final CountDownLatch began = new CountDownLatch(1);
    final CompletableFuture<RequestEnding> ended = new CompletableFuture<>();

    void handle(Http3Exchange exchange) throws IOException {
      if (exchange.path().equals("/ping")) {
        exchange.respond(200, Fields.EMPTY, new byte[0]);
        return;
      }
      began.countDown();
      try {
        exchange.requestBody().readAllBytes();
        OutputStream out = exchange.respond(200, Fields.EMPTY);
        while (true) {
          out.write(new byte[1000]);
          out.flush();
        }
      } catch (RequestEndedException e) {
        ended.complete(e.ending());
        throw e;
      }
    }
  }

  /** A request whose body never ends, so that the handler waits in its reading. */
  private static HttpRequest endless(Loopback loopback) {
    return loopback.request("/wait").POST(BodyPublishers.fromPublisher(new Turns())).build();
  }

  private static void stillWorks(Loopback loopback) throws Exception {
    assertEquals(
        200,
        loopback
            .client
            .send(loopback.request("/ping").build(), BodyHandlers.discarding())
            .statusCode());
  }

  @Test
  void cancellingTheFutureResetsTheStream() throws Exception {
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(endless(loopback), BodyHandlers.discarding());
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
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(endless(loopback), BodyHandlers.discarding());
      waiting.began.await();
      assertTrue(future.thenApply(HttpResponse::statusCode).cancel(true));
      waiting.ended.get();
      assertThrows(CancellationException.class, future::get);
    }
  }

  @Test
  void anInterruptedSendResetsTheStream() throws Exception {
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread sender =
          Thread.startVirtualThread(
              () -> {
                try {
                  loopback.client.send(endless(loopback), BodyHandlers.discarding());
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
    try (Loopback loopback = lasting(5_000_000)) {
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
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      stillWorks(loopback);
      awaitTimeout(loopback, endless(loopback), waiting);
      waiting.ended.get();
      stillWorks(loopback);
    }
  }

  @Test
  void aTimeoutNeedsNoThreadOfTheExecutor() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Waiting waiting = new Waiting();
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
    Waiting waiting = new Waiting();
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
        Loopback.of(new Waiting()::handle, client -> client.cookieHandler(slow))) {
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
  private static void awaitTimeout(Loopback loopback, HttpRequest request, Waiting waiting) {
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
  void shutdownLetsCallsFinishAndTakesNoMore() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              began.countDown();
              go.await();
              exchange.respond(200, Fields.EMPTY, Loopback.bytes(200_000));
            })) {
      Http3Client client = loopback.client;
      CompletableFuture<HttpResponse<byte[]>> future =
          client.sendAsync(loopback.request("/").build(), BodyHandlers.ofByteArray());
      began.await();
      client.shutdown();
      assertFalse(client.isTerminated());
      assertFalse(client.awaitTermination(Duration.ZERO));
      assertInstanceOf(
          IOException.class,
          assertThrows(
                  ExecutionException.class,
                  () ->
                      client
                          .sendAsync(loopback.request("/").build(), BodyHandlers.discarding())
                          .get())
              .getCause());
      go.countDown();
      assertEquals(200_000, future.get().body().length);
      client.close();
      assertTrue(client.isTerminated());
    }
  }

  @Test
  void shutdownWaitsForABodyThatIsStillBeingRead() throws Exception {
    try (Loopback loopback =
        Loopback.of(exchange -> exchange.respond(200, Fields.EMPTY, Loopback.bytes(5_000_000)))) {
      HttpResponse<InputStream> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
      loopback.client.shutdown();
      assertFalse(loopback.client.isTerminated());
      assertEquals(5_000_000, response.body().readAllBytes().length);
      assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
    }
  }

  @Test
  void shutdownNowFailsWhatIsUnderWay() throws Exception {
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(endless(loopback), BodyHandlers.discarding());
      waiting.began.await();
      loopback.client.shutdownNow();
      assertInstanceOf(
          IOException.class, assertThrows(CompletionException.class, future::join).getCause());
      assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
      waiting.ended.get();
    }
  }

  @Test
  void shutdownNowEndsBodiesThatNobodyReads() throws Exception {
    for (int length : new int[] {300_000, 5_000_000}) { // all of it is here, and not all
      try (Loopback loopback = lasting(length)) {
        HttpResponse<InputStream> response =
            loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
        loopback.client.shutdownNow();
        assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
        assertThrows(IOException.class, () -> response.body().readAllBytes());
      }
    }
  }

  /** A server whose connections do not end for want of traffic. */
  private static Loopback lasting(int contentLength) throws IOException {
    return Loopback.of(
        exchange -> exchange.respond(200, Fields.EMPTY, Loopback.bytes(contentLength)),
        client -> client.idleTimeout(Duration.ZERO),
        server -> server.quic(Loopback.PATIENT.withIdleTimeout(Duration.ZERO)));
  }

  /** Who gets an exception in place of a body cannot close the body. */
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
      try (Loopback loopback = lasting(5_000_000)) {
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
    Waiting waiting = new Waiting();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(endless(loopback), BodyHandlers.discarding());
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
