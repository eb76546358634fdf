package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.client.Http3Response;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers on the loop's thread: what they can do, and what they are kept from. */
@Timeout(60)
class HandlerThreadsTest {

  /** More than a stream and a pipe hold together. */
  private static final int TOO_MUCH = 64 << 20;

  private static Loopback onLoop(Http3Handler handler) throws IOException {
    return Loopback.of(handler, client -> client, server -> server.handleOn(HandlerThreads.LOOP));
  }

  /** A handler that says where it is called. */
  private static void sayWhere(Http3Exchange exchange) throws IOException {
    String where = Thread.currentThread().isVirtual() ? "virtual" : "loop";
    exchange.respond(200, Fields.of("where", where), new byte[1]);
  }

  private static HttpResponse<byte[]> get(Loopback loopback, String path)
      throws IOException, InterruptedException {
    return loopback.client.send(loopback.request(path).build(), BodyHandlers.ofByteArray());
  }

  private static String length(HttpResponse<?> response) {
    return response.headers().firstValue("content-length").orElse("none");
  }

  @Test
  void eachRequestIsHandledWhereItIsSaid() throws Exception {
    HandlerThreads threads =
        request ->
            request.path().equals("/loop")
                ? HandlerThreads.Place.LOOP
                : HandlerThreads.Place.VIRTUAL;
    try (Loopback loopback =
        Loopback.of(HandlerThreadsTest::sayWhere, c -> c, server -> server.handleOn(threads))) {
      for (String path : new String[] {"loop", "virtual", "loop"}) {
        assertEquals(path, get(loopback, "/" + path).headers().firstValue("where").orElse(""));
      }
    }
    try (Loopback byDefault = Loopback.of(HandlerThreadsTest::sayWhere)) {
      assertEquals("virtual", get(byDefault, "/").headers().firstValue("where").orElse(""));
    }
  }

  @Test
  void whoCannotSayWhereHasThemOnVirtualThreads() throws Exception {
    HandlerThreads threads =
        request -> {
          if (request.path().equals("/thrown")) {
            throw new IllegalStateException("on purpose");
          }
          if (request.path().equals("/unlinked")) {
            throw new NoClassDefFoundError("on purpose");
          }
          return null;
        };
    try (Loopback loopback =
        Loopback.of(HandlerThreadsTest::sayWhere, c -> c, server -> server.handleOn(threads))) {
      for (String path : new String[] {"/thrown", "/unlinked", "/null"}) {
        assertEquals("virtual", get(loopback, path).headers().firstValue("where").orElse(""));
      }
    }
  }

  @Test
  void itHasAllOfAResponse() throws Exception {
    byte[] content = new byte[100_000];
    Arrays.fill(content, (byte) 7);
    try (Loopback loopback =
        onLoop(
            exchange -> {
              exchange.sendInformational(103, Fields.of("link", "</style.css>"));
              OutputStream out = exchange.respond(200, Fields.EMPTY);
              out.write(content, 0, 10);
              out.flush();
              out.write(content, 10, content.length - 10);
              exchange.awaitHandshake();
              exchange.sendTrailers(Fields.of("x-sum", "700000"));
            })) {
      HttpResponse<byte[]> response = get(loopback, "/");
      assertArrayEquals(content, response.body());
      assertEquals("none", length(response));
      assertEquals(
          "700000",
          ((Http3Response<byte[]>) response).trailers().get().firstValue("x-sum").orElse(""));
    }
  }

  @Test
  void whatItCannotWaitForFails() throws Exception {
    try (Loopback loopback =
        onLoop(
            exchange -> {
              switch (exchange.path()) {
                case "/read" -> exchange.requestBody().read();
                case "/write" -> exchange.respond(200, Fields.EMPTY).write(new byte[TOO_MUCH]);
                default -> exchange.respond(200, Fields.EMPTY, new byte[3]);
              }
            })) {
      // The content follows only when it is asked for, so that it cannot be there yet.
      HttpRequest asking =
          loopback
              .request("/read")
              .expectContinue(true)
              .POST(BodyPublishers.ofString("too late"))
              .build();
      assertEquals(500, loopback.client.send(asking, BodyHandlers.discarding()).statusCode());
      IOException cut = assertThrows(IOException.class, () -> get(loopback, "/write"));
      RequestEnding ending = RequestEndedException.endingOf(cut).orElseThrow();
      assertEquals(
          Http3Error.H3_INTERNAL_ERROR.code(),
          assertInstanceOf(RequestEnding.ResetByPeer.class, ending).code());
      assertEquals(3, get(loopback, "/").body().length, "the loop goes on");
    }
  }

  @Test
  void contentThatCameWithTheHeadCanBeRead() throws Exception {
    try (Loopback loopback =
        onLoop(
            exchange -> {
              try {
                byte[] read = exchange.requestBody().readAllBytes();
                exchange.respond(200, Fields.EMPTY, read);
              } catch (IllegalStateException notYet) {
                exchange.respond(503, Fields.EMPTY, new byte[0]);
              }
            })) {
      assertEquals(0, get(loopback, "/").body().length, "no content is read to its end at once");
      Supplier<HttpRequest> post =
          () -> loopback.request("/").POST(BodyPublishers.ofString("together")).build();
      HttpResponse<String> response = loopback.client.send(post.get(), BodyHandlers.ofString());
      // Head and content are two writes at the client, which need not share a datagram.
      assertTrue(
          response.statusCode() == 503 || response.body().equals("together"), response::toString);
    }
  }

  @Test
  void aResponseComesWholeUpToALimit() throws Exception {
    int most = 32 * 1024;
    for (HandlerThreads threads :
        new HandlerThreads[] {HandlerThreads.LOOP, HandlerThreads.VIRTUAL}) {
      try (Loopback loopback =
          Loopback.of(
              exchange -> {
                int wanted = Integer.parseInt(exchange.path().substring(1));
                OutputStream out = exchange.respond(200, Fields.EMPTY);
                for (int i = 0; i < wanted; i++) {
                  out.write(i);
                }
              },
              client -> client,
              server -> server.handleOn(threads))) {
        for (int size : new int[] {0, 1, 2, 300, most - 1, most, most + 1, 3 * most}) {
          HttpResponse<byte[]> response = get(loopback, "/" + size);
          byte[] body = response.body();
          assertEquals(size, body.length);
          for (int i = 0; i < size; i++) {
            assertEquals((byte) i, body[i]);
          }
          assertFalse(size <= most && length(response).equals("none"), "length is known: " + size);
        }
      }
    }
  }
}
