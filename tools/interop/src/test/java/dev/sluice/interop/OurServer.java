package dev.sluice.interop;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.peers.PeerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * Our server as peers see it. It has {@code GET /body/N}, a {@link TestBody} of N bytes; {@code
 * POST /digest}, which answers with the {@link Digest} of what came; and {@code POST /echo}.
 */
final class OurServer implements AutoCloseable {
  private final Http3Server server;
  private final List<ConnectionInfo> connections = new CopyOnWriteArrayList<>();

  private OurServer(PeerFiles files, UnaryOperator<Http3ServerBuilder> options) throws IOException {
    Http3ServerBuilder builder =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(files.identity())
            .handler(this::answer);
    server = options.apply(builder).start();
  }

  /** Starts one on a free loopback port. */
  static OurServer start(PeerFiles files) throws IOException {
    return new OurServer(files, UnaryOperator.identity());
  }

  /** Starts one that is configured further. */
  static OurServer start(PeerFiles files, UnaryOperator<Http3ServerBuilder> options)
      throws IOException {
    return new OurServer(files, options);
  }

  InetSocketAddress address() {
    return server.localAddress();
  }

  String port() {
    return Integer.toString(server.localAddress().getPort());
  }

  /** A URI on this server by its certificate's name. */
  String uri(String path) {
    return "https://localhost:" + port() + path;
  }

  /** The connection of each request so far, in the order in which they were answered. */
  List<ConnectionInfo> connections() {
    return List.copyOf(connections);
  }

  private void answer(Http3Exchange exchange) throws IOException {
    connections.add(exchange.connection());
    String path = exchange.path();
    if (path.startsWith("/body/")) {
      long length = Long.parseLong(path.substring("/body/".length()));
      Fields fields = Fields.of("content-length", Long.toString(length));
      copy(new TestBody(length).open(), exchange.respond(200, fields));
    } else if (path.equals("/digest")) {
      Digest digest = Digest.of(exchange.requestBody());
      exchange.respond(
          200,
          Fields.of("content-type", "text/plain"),
          digest.toString().getBytes(StandardCharsets.US_ASCII));
    } else if (path.equals("/echo")) {
      copy(exchange.requestBody(), exchange.respond(200, Fields.EMPTY));
    } else if (path.equals("/everything")) {
      exchange.sendInformational(103, Fields.of("link", "</style.css>; rel=preload"));
      new TestBody(1_000_000).open().transferTo(exchange.respond(200, Fields.EMPTY));
      exchange.sendTrailers(Fields.of("checksum", "none"));
    } else {
      exchange.respond(404, Fields.EMPTY, new byte[0]);
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    try (from;
        to) {
      from.transferTo(to);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
