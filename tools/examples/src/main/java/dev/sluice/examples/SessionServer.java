package dev.sluice.examples;

import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A WebTransport server that sends back what it gets on bidirectional streams. */
public final class SessionServer {
  public static void main(String[] args) throws Exception {
    Http3Server.builder()
        .address(new InetSocketAddress("localhost", 4433))
        .identity(Path.of("cert.pem"), Path.of("key.pem"))
        .webTransport("/echo", SessionServer::serve)
        .start();
  }

  static void serve(WebTransport session) throws IOException {
    while (true) {
      WebTransportStream stream = session.acceptBidirectional();
      Thread.startVirtualThread(() -> echo(stream));
    }
  }

  private static void echo(WebTransportStream stream) {
    try {
      stream.inputStream().transferTo(stream.outputStream());
      stream.finish();
    } catch (IOException e) {
      stream.reset(0); // finishing it, as try would, says that this was all
    }
  }
}
