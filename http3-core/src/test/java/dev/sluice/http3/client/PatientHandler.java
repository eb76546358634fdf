package dev.sluice.http3.client;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A handler that waits for its client to give up, and tells how it learned of it. */
final class PatientHandler {
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

  /** A request whose body never ends, so that the handler waits in its reading. */
  static HttpRequest endless(Loopback loopback) {
    return loopback.request("/wait").POST(BodyPublishers.fromPublisher(new Turns())).build();
  }
}
