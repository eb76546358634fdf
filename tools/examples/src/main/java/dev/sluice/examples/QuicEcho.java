package dev.sluice.examples;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;

/** QUIC without HTTP: a server that sends back what it gets, and a client that tries it. */
public final class QuicEcho {
  static QuicServer serve(Identity identity) throws Exception {
    return QuicServer.builder()
        .address(new InetSocketAddress("localhost", 0))
        .identity(identity)
        .applicationProtocols("echo")
        .handler(
            connection -> {
              while (true) {
                QuicStream stream = connection.acceptStream();
                Thread.startVirtualThread(() -> echo(stream));
              }
            })
        .start();
  }

  static byte[] send(InetSocketAddress server, Identity trusted, byte[] bytes) throws Exception {
    try (QuicClient client =
            QuicClient.builder()
                .remote(server)
                .serverName("localhost")
                .applicationProtocols("echo")
                .certificateVerifier(PinnedVerifier.of(trusted.certificateChain().getFirst()))
                .build();
        QuicConnection connection = client.connect()) {
      QuicStream stream = connection.openBidirectional();
      try (var out = stream.outputStream()) {
        out.write(bytes);
      }
      return stream.inputStream().readAllBytes();
    }
  }

  private static void echo(QuicStream stream) {
    try {
      stream.inputStream().transferTo(stream.outputStream());
      stream.finish();
    } catch (IOException e) {
      stream.reset(0); // finishing it, as try would, says that this was all
    }
  }
}
