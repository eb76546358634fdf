package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What depends on a future of {@code sendAsync} may wait for whatever the call has yet to do. */
@Timeout(60)
class DependentActionsTest {

  /** More than the pipe to the reader holds. */
  private static final byte[] DATA = Loopback.bytes(2_000_000);

  /** Less than that, and more than the reader is given at once. */
  private static final byte[] SMALL = Loopback.bytes(300_000);

  private final CountDownLatch never = new CountDownLatch(1);
  private Loopback loopback;

  @BeforeEach
  void start() throws IOException {
    // Without an idle timeout, which would end a call that nobody ends.
    loopback =
        Loopback.of(
            this::serve,
            client -> client.idleTimeout(Duration.ZERO),
            server -> server.quic(Loopback.PATIENT.withIdleTimeout(Duration.ZERO)));
  }

  @AfterEach
  void stop() {
    never.countDown();
    loopback.close();
  }

  private void serve(Http3Exchange exchange) throws Exception {
    if (exchange.path().equals("/silence")) {
      never.await();
    }
    if (exchange.path().equals("/trailers")) {
      OutputStream out = exchange.respond(200, Fields.EMPTY);
      out.write(SMALL);
      out.flush();
      never.await();
      exchange.sendTrailers(Fields.of("x-sum", "1"));
      return;
    }
    exchange.respond(200, Fields.EMPTY, DATA);
  }

  private static byte[] readAll(HttpResponse<InputStream> response) {
    try (InputStream in = response.body()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void readTheBody() throws Exception {
    HttpRequest request = loopback.request("/data").build();
    CompletableFuture<byte[]> body =
        loopback
            .client
            .sendAsync(request, BodyHandlers.ofInputStream())
            .thenApply(DependentActionsTest::readAll);
    assertArrayEquals(DATA, body.get());
  }

  @Test
  void readTheBodyWhenTheTrailersAreThere() throws Exception {
    HttpResponse<InputStream> response =
        loopback.client.send(loopback.request("/trailers").build(), BodyHandlers.ofInputStream());
    CompletableFuture<byte[]> body =
        ((Http3Response<?>) response).trailers().thenApply(fields -> readAll(response));
    never.countDown();
    assertArrayEquals(SMALL, body.get());
  }

  @Test
  void sendAnotherRequestWhenThereWillBeNoTrailers() throws Exception {
    HttpResponse<InputStream> response =
        loopback.client.send(loopback.request("/trailers").build(), BodyHandlers.ofInputStream());
    HttpRequest request = loopback.request("/data").build();
    CompletableFuture<Integer> status =
        ((Http3Response<?>) response)
            .trailers()
            .handle(
                (fields, failure) -> {
                  try {
                    return loopback.client.send(request, BodyHandlers.discarding()).statusCode();
                  } catch (IOException | InterruptedException e) {
                    throw new CompletionException(e);
                  }
                });
    response.body().close();
    assertEquals(200, status.get());
  }

  @Test
  void closeTheClientAfterAResponse() throws Exception {
    HttpRequest request = loopback.request("/data").build();
    assertEquals(200, closing(request, BodyHandlers.ofByteArray()).get().statusCode());
    assertTrue(loopback.client.isTerminated());
  }

  @Test
  void closeTheClientAfterAFailedHandler() {
    HttpRequest request = loopback.request("/data").build();
    BodyHandler<Void> failing =
        head -> {
          throw new IllegalStateException("mine");
        };
    assertThrows(ExecutionException.class, () -> closing(request, failing).get());
    assertTrue(loopback.client.isTerminated());
  }

  @Test
  void closeTheClientAfterATimeout() {
    HttpRequest request = loopback.request("/silence").timeout(Duration.ofMillis(10)).build();
    assertThrows(ExecutionException.class, () -> closing(request, BodyHandlers.discarding()).get());
    assertTrue(loopback.client.isTerminated());
  }

  @Test
  void closeTheClientWhenItIsShutDown() {
    HttpRequest request = loopback.request("/silence").build();
    CompletableFuture<?> one = closing(request, BodyHandlers.discarding());
    CompletableFuture<?> other = closing(request, BodyHandlers.discarding());
    loopback.client.shutdownNow();
    assertThrows(ExecutionException.class, one::get);
    assertThrows(ExecutionException.class, other::get);
    assertTrue(loopback.client.isTerminated());
  }

  @Test
  void closeTheClientOfARequestThatIsCancelled() {
    HttpRequest request = loopback.request("/silence").build();
    CompletableFuture<?> future = loopback.client.sendAsync(request, BodyHandlers.discarding());
    CompletableFuture<Void> closed = future.handle((response, failure) -> closeTheClient());
    assertTrue(future.cancel(true));
    closed.join();
    assertTrue(loopback.client.isTerminated());
  }

  @Test
  void closeTheClientOfARequestThatIsCancelledThroughADependentFuture() {
    HttpRequest request = loopback.request("/silence").build();
    CompletableFuture<Integer> future =
        loopback
            .client
            .sendAsync(request, BodyHandlers.discarding())
            .thenApply(HttpResponse::statusCode);
    CompletableFuture<Void> closed = future.handle((status, failure) -> closeTheClient());
    assertTrue(future.cancel(true));
    closed.join();
    assertTrue(loopback.client.isTerminated());
  }

  private Void closeTheClient() {
    loopback.client.close();
    return null;
  }

  private <T> CompletableFuture<HttpResponse<T>> closing(
      HttpRequest request, BodyHandler<T> handler) {
    return loopback
        .client
        .sendAsync(request, handler)
        .whenComplete((response, failure) -> loopback.client.close());
  }
}
