package dev.sluice.tools.demo;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Handler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the demonstration's server has: a page, small objects, and one large body.
 *
 * @param largeBytes the length of the large body
 */
record DemoSite(long largeBytes) implements Http3Handler {
  static final int OBJECTS = 100;
  static final int OBJECT_BYTES = 2048;

  /** How far apart the objects begin in the pattern, so that no two are alike. */
  static final long OBJECT_STEP = 1 << 20;

  static final byte[] PAGE =
      "<!DOCTYPE html>\n<title>Sluice</title>\n<p>This page came over HTTP/3.\n"
          .getBytes(StandardCharsets.UTF_8);

  private static final int CHUNK = 1 << 16;
  private static final String OBJECT_PATH = "/object/";

  @Override
  public void handle(Http3Exchange exchange) throws IOException {
    String path = exchange.path();
    if (path.equals("/")) {
      exchange.respond(200, fields("text/html; charset=utf-8", PAGE.length), PAGE);
    } else if (path.equals("/large")) {
      send(exchange, 0, largeBytes);
    } else if (path.startsWith(OBJECT_PATH)) {
      int number = Integer.parseInt(path.substring(OBJECT_PATH.length()));
      send(exchange, number * OBJECT_STEP, OBJECT_BYTES);
    } else {
      exchange.respond(404, Fields.EMPTY, new byte[0]);
    }
  }

  private static void send(Http3Exchange exchange, long position, long length) throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
    try (OutputStream out = exchange.respond(200, fields("application/octet-stream", length))) {
      for (long sent = 0; sent < length; ) {
        int now = (int) Math.min(chunk.length, length - sent);
        Pattern.fill(chunk, 0, now, position + sent);
        out.write(chunk, 0, now);
        sent += now;
      }
    }
  }

  private static Fields fields(String type, long length) {
    return Fields.of("content-type", type, "content-length", Long.toString(length));
  }
}
