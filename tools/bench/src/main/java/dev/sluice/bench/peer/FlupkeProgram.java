package dev.sluice.bench.peer;

import dev.sluice.tools.perf.ForeignClient;
import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.StreamExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import tech.kwik.flupke.server.Http3ApplicationProtocolFactory;
import tech.kwik.flupke.server.HttpServerRequest;
import tech.kwik.flupke.server.HttpServerResponse;

/**
 * flupke, which is HTTP/3 over kwik, with the paths of {@code sluice perf}: a server, or a client
 * with its workloads.
 */
public final class FlupkeProgram {
  private FlupkeProgram() {}

  /** {@code server}, or {@code client} with the arguments of {@code sluice perf client}. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) {
      Serving.forEver(listen(), "HTTP/3");
    }
    System.exit(ForeignClient.run(FlupkeConnector::new, Arrays.copyOfRange(args, 1, args.length)));
  }

  /** Starts a server; gives its port. */
  static int listen() throws Exception {
    Http3ApplicationProtocolFactory factory =
        new Http3ApplicationProtocolFactory(FlupkeProgram::answer);
    // Otherwise 10 MiB are all that a request may have.
    factory.setMaxDataSize(Long.MAX_VALUE);
    return KwikProgram.listen(PerfProtocol.ALPN_HTTP3, factory);
  }

  private static void answer(HttpServerRequest request, HttpServerResponse response)
      throws IOException {
    String path = request.path();
    response.setStatus(200);
    try (OutputStream out = response.getOutputStream()) {
      if (path.equals(PerfProtocol.USAGE_PATH)) {
        out.write(StreamExchange.usage(PerfProtocol.USAGE).encode());
      } else if (path.equals(PerfProtocol.USAGE_AFTER_COLLECTION_PATH)) {
        out.write(StreamExchange.usage(PerfProtocol.USAGE_AFTER_COLLECTION).encode());
      } else {
        request.body().transferTo(OutputStream.nullOutputStream());
        write(out, Long.parseLong(path.substring(1)));
      }
    }
  }

  private static void write(OutputStream out, long wanted) throws IOException {
    byte[] filling = PerfProtocol.filling();
    for (long left = wanted; left > 0; left -= filling.length) {
      out.write(filling, 0, (int) Math.min(left, filling.length));
    }
  }
}
