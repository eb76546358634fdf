package dev.sluice.interop.runner;

import dev.sluice.network.Relay;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A flow that takes its share of the same links for as long as it is open. The runner has one of
 * TCP with CUBIC; what goes through a relay is UDP, so this is one of our own with CUBIC.
 */
final class Competitor implements AutoCloseable {
  private static final String PROTOCOL = "competitor";
  private static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS.withCongestion(CongestionAlgorithm.CUBIC);

  private final QuicServer server;
  private final QuicClient client;
  private final QuicConnection connection;

  private Competitor(QuicServer server, QuicClient client, QuicConnection connection) {
    this.server = server;
    this.client = client;
    this.connection = connection;
  }

  /** Begins a download without an end. */
  static Competitor start(Relay relay, Path certificates) throws IOException {
    QuicServer server =
        QuicServer.builder()
            .address(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))
            .identity(
                Identity.fromPem(
                    certificates.resolve("cert.pem"), certificates.resolve("priv.key")))
            .applicationProtocols(PROTOCOL)
            .transport(TRANSPORT)
            .handler(Competitor::flood)
            .start();
    QuicClient client =
        QuicClient.builder()
            .remote(relay.join(server.localAddress()))
            .applicationProtocols(PROTOCOL)
            .transport(TRANSPORT)
            .insecure()
            .build();
    QuicConnection connection = client.connect();
    QuicStream stream = connection.openBidirectional();
    stream.outputStream().close();
    Thread.startVirtualThread(() -> discard(stream));
    return new Competitor(server, client, connection);
  }

  private static void flood(QuicConnection accepted) throws IOException {
    try (OutputStream out = accepted.acceptStream().outputStream()) {
      byte[] chunk = new byte[1 << 14];
      while (true) {
        out.write(chunk);
      }
    }
  }

  private static void discard(QuicStream stream) {
    try {
      stream.inputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  @Override
  public void close() {
    connection.close();
    client.close();
    server.close();
  }
}
