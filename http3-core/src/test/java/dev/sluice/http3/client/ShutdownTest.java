package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a client ends, with what is under way on it. */
@Timeout(60)
class ShutdownTest {
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
    PatientHandler waiting = new PatientHandler();
    try (Loopback loopback = Loopback.of(waiting::handle)) {
      CompletableFuture<HttpResponse<Void>> future =
          loopback.client.sendAsync(PatientHandler.endless(loopback), BodyHandlers.discarding());
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
      try (Loopback loopback = Loopback.lasting(length)) {
        HttpResponse<InputStream> response =
            loopback.client.send(loopback.request("/").build(), BodyHandlers.ofInputStream());
        loopback.client.shutdownNow();
        assertTrue(loopback.client.awaitTermination(Duration.ofSeconds(50)));
        assertThrows(IOException.class, () -> response.body().readAllBytes());
      }
    }
  }

  /** Who gets an exception in place of a body cannot close the body. */
}
