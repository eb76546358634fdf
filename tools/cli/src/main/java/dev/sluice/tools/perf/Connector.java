package dev.sluice.tools.perf;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicClientBuilder;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * Opens connections to the server that is measured. Whoever it is, its certificate is accepted: its
 * signature is verified, its issuer is not looked for.
 */
final class Connector implements AutoCloseable {
  private static final String SERVER_NAME = "localhost";

  private final InetSocketAddress server;
  private final TransportConfig transport;
  private final boolean http3;
  private final String path;
  private final KeyLog keyLog;
  private final QuicClient quic;

  /**
   * @param path what is fetched over HTTP/3 in place of a number; null for our own server
   */
  Connector(
      InetSocketAddress server,
      TransportConfig transport,
      boolean http3,
      String path,
      KeyLog keyLog) {
    this.server = server;
    this.transport = transport;
    this.http3 = http3;
    this.path = path;
    this.keyLog = keyLog;
    this.quic = http3 ? null : bare().build();
  }

  /** A connection of its own. Over HTTP/3 it comes about with the first request. */
  PerfConnection connect() throws IOException {
    if (!http3) {
      return new QuicPerfConnection(quic.connect());
    }
    Http3Client client =
        Http3Client.newBuilder()
            .insecurelyTrustEveryone()
            .resolve(SERVER_NAME, server.getPort(), List.of(server.getAddress()))
            .quic(transport)
            .webTransport(WebTransportConfig.DEFAULT)
            .keyLog(keyLog)
            .build();
    URI origin = URI.create("https://" + SERVER_NAME + ":" + server.getPort() + "/");
    return new HttpPerfConnection(client, origin, path);
  }

  /** For connections on which only the handshake counts; the server sees its own protocol. */
  QuicClientBuilder bare() {
    return QuicClient.builder()
        .remote(server)
        .serverName(SERVER_NAME)
        .applicationProtocols(http3 ? PerfProtocol.ALPN_HTTP3 : PerfProtocol.ALPN)
        .insecure()
        .transport(transport)
        .keyLog(keyLog);
  }

  @Override
  public void close() {
    if (quic != null) {
      quic.close();
    }
  }
}
