package dev.sluice.tools.perf;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.server.HandlerThreads;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Handler;
import java.io.IOException;
import java.io.OutputStream;

/** The server's side of {@link PerfProtocol} over HTTP/3. */
final class PerfSite implements Http3Handler, HandlerThreads {
  /** What is sent from the loop itself at most: nobody has to wait for so little. */
  private static final long SMALL = 16 * 1024;

  @Override
  public Place placeOf(RequestHead request) {
    boolean atOnce =
        request.method().equals("GET")
            && wanted(request.path()) <= SMALL
            && !request.path().equals(PerfProtocol.USAGE_AFTER_COLLECTION_PATH);
    return atOnce ? Place.LOOP : Place.VIRTUAL;
  }

  @Override
  public void handle(Http3Exchange exchange) throws IOException {
    String path = exchange.path();
    if (path.equals(PerfProtocol.USAGE_PATH)) {
      exchange.respond(200, Fields.EMPTY, Usage.now().encode());
    } else if (path.equals(PerfProtocol.USAGE_AFTER_COLLECTION_PATH)) {
      exchange.respond(200, Fields.EMPTY, Usage.afterCollection().encode());
    } else {
      long wanted = wanted(path);
      if (wanted < 0) {
        exchange.respond(404, Fields.EMPTY, new byte[0]);
      } else {
        serve(exchange, wanted);
      }
    }
  }

  private static void serve(Http3Exchange exchange, long wanted) throws IOException {
    Fields fields = Fields.of("content-length", Long.toString(wanted));
    if (exchange.method().equals("GET")) {
      try (OutputStream out = exchange.respond(200, fields)) {
        StreamExchange.write(out, wanted);
      }
      return;
    }
    if (wanted <= PerfProtocol.CHUNK) {
      StreamExchange.drain(exchange.requestBody());
      exchange.respond(200, fields, new byte[(int) wanted]);
      return;
    }
    // Both directions at once: neither may wait for the other's flow control.
    OutputStream out = exchange.respond(200, fields);
    Thread sender = Thread.startVirtualThread(() -> send(out, wanted));
    StreamExchange.drain(exchange.requestBody());
    try {
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(OutputStream out, long wanted) {
    try (out) {
      StreamExchange.write(out, wanted);
    } catch (IOException e) {
      // The client has enough, or is gone.
    }
  }

  /** The number that a path is; -1 for another path. */
  private static long wanted(String path) {
    try {
      return Math.max(-1, Long.parseLong(path.substring(1)));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
