package dev.sluice.tools.serve;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Handler;
import dev.sluice.http3.server.ResponseBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;

/** Answers with files, or on one path with the request's own content, and logs what it did. */
final class SiteHandler implements Http3Handler {
  private static final int CHUNK = 1 << 16;
  private static final int PIECE = 1 << 20;

  private final StaticFiles files;
  private final String echoPath;
  private final AccessLog log;

  /**
   * @param echoPath the path that echoes any method, or null for none
   */
  SiteHandler(StaticFiles files, String echoPath, AccessLog log) {
    this.files = files;
    this.echoPath = echoPath;
    this.log = log;
  }

  @Override
  public void handle(Http3Exchange exchange) throws IOException {
    long began = System.nanoTime();
    String target = exchange.path() == null ? "" : exchange.path();
    Counted sent = new Counted();
    log.begin();
    try {
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      if (path.equals(echoPath)) {
        echo(exchange, sent);
      } else {
        send(exchange, files.answer(exchange.method(), target, exchange.headers()), sent);
      }
    } finally {
      log.log(
          exchange.remoteAddress(),
          exchange.method(),
          target,
          sent.status,
          sent.bytes,
          System.nanoTime() - began);
    }
  }

  private static void send(Http3Exchange exchange, Reply reply, Counted sent) throws IOException {
    Fields.Builder fields = Fields.builder();
    reply.fields().forEach(fields::add);
    sent.status = reply.status();
    try (ResponseBody body = exchange.respond(reply.status(), fields.build())) {
      if (!exchange.method().equals("HEAD") && reply.content().length() > 0) {
        reply.content().writeTo(sent.through(body));
      }
    }
  }

  private static void echo(Http3Exchange exchange, Counted sent) throws IOException {
    Fields.Builder fields = Fields.builder();
    String type = exchange.headers().first("content-type");
    fields.add("content-type", type == null ? "application/octet-stream" : type);
    String length = exchange.headers().first("content-length");
    if (length != null) {
      fields.add("content-length", length);
    }
    sent.status = 200;
    try (InputStream request = exchange.requestBody();
        ResponseBody response = exchange.respond(200, fields.build())) {
      ResponseBody counted = sent.through(response);
      byte[] chunk = new byte[CHUNK];
      for (int read = request.read(chunk); read >= 0; read = request.read(chunk)) {
        counted.write(chunk, 0, read);
        // What has come back so far must not wait for what is still to come.
        counted.flush();
      }
    }
  }

  /** What the log will say was sent. */
  private static final class Counted {
    private int status = 500;
    private long bytes;

    ResponseBody through(ResponseBody out) {
      return new ResponseBody() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] chunk, int offset, int length) throws IOException {
          out.write(chunk, offset, length);
          bytes += length;
        }

        /** Piece by piece: of a transfer that is given up the log says how far it came. */
        @Override
        public void write(FileChannel file, long position, long count) throws IOException {
          for (long done = 0; done < count; ) {
            long next = Math.min(PIECE, count - done);
            out.write(file, position + done, next);
            done += next;
            bytes += next;
          }
        }

        @Override
        public void flush() throws IOException {
          out.flush();
        }

        @Override
        public void finish() throws IOException {
          out.finish();
        }
      };
    }
  }
}
