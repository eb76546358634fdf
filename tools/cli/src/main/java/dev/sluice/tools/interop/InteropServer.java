package dev.sluice.tools.interop;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.EarlyRequests;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicServerBuilder;
import dev.sluice.quic.connection.MigrationConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.Identity;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The server's side of a test case. */
final class InteropServer implements AutoCloseable {
  /**
   * As patient as the runner, in whose cases a handshake may lose most of its packets while both
   * programs are still starting.
   */
  static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofSeconds(60));

  private static final String HTTP3 = "h3";
  private static final Duration TICKET_LIFETIME = Duration.ofHours(1);

  private final InetSocketAddress address;
  private final String protocol;
  private final AutoCloseable server;

  private InteropServer(InetSocketAddress address, String protocol, AutoCloseable server) {
    this.address = address;
    this.protocol = protocol;
    this.server = server;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return address;
  }

  /**
   * Shakes hands with itself. A JVM's first handshake loads classes for so long that a client would
   * take it for the round trip, and be patient with losses accordingly.
   */
  void rehearse() throws IOException {
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    try (QuicClient client =
            QuicClient.builder()
                .remote(host.getHostAddress(), address.getPort())
                .applicationProtocols(protocol)
                .insecure()
                .build();
        QuicConnection connection = client.connect()) {
      connection.handshake();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /**
   * Starts it.
   *
   * @param root what it serves
   * @param migration where clients shall move to, if that is the test
   */
  static InteropServer start(
      TestCase testCase,
      boolean http3,
      InetSocketAddress address,
      MigrationConfig migration,
      Identity identity,
      Path root,
      KeyLog keyLog,
      Supplier<Tracer> tracer)
      throws IOException {
    TransportConfig transport = transport(testCase, migration);
    if (http3 || testCase == TestCase.HTTP3) {
      Http3ServerBuilder builder =
          Http3Server.builder()
              .address(address)
              .identity(identity)
              .quic(transport)
              .retry(testCase == TestCase.RETRY)
              .keyLog(keyLog)
              .tracer(tracer)
              .daemon(false)
              .handler(exchange -> answer(exchange, root));
      if (testCase == TestCase.ZERORTT) {
        builder.earlyData(EarlyRequests.REFUSE_UNSAFE);
      }
      Http3Server server = builder.start();
      return new InteropServer(server.localAddress(), HTTP3, server);
    }
    QuicServerBuilder builder =
        QuicServer.builder()
            .address(address)
            .identity(identity)
            .applicationProtocols(HttpZeroNine.PROTOCOL)
            .transport(transport)
            .retry(testCase == TestCase.RETRY)
            .keyLog(keyLog)
            .tracer(tracer)
            .daemon(false)
            .handler(connection -> HttpZeroNine.serve(connection, root));
    if (testCase == TestCase.ZERORTT) {
      // With tickets of its own: those of others could be from before this start, and the first
      // early data would be refused.
      builder.earlyData();
    } else {
      builder.tickets(
          new RotatingTicketProtector(TICKET_LIFETIME, new SecureRandom(), Instant.now()));
    }
    QuicServer server = builder.start();
    return new InteropServer(server.localAddress(), HttpZeroNine.PROTOCOL, server);
  }

  private static TransportConfig transport(TestCase testCase, MigrationConfig migration) {
    return switch (testCase) {
      case V2 -> TRANSPORT.withVersions(Versions.of(QuicVersion.V2, QuicVersion.V1));
      case CONNECTIONMIGRATION -> TRANSPORT.withMigration(migration);
      default -> TRANSPORT;
    };
  }

  private static void answer(Http3Exchange exchange, Path root) throws IOException {
    Path file = HttpZeroNine.file(root, exchange.path());
    if (file == null) {
      exchange.respond(404, Fields.EMPTY, new byte[0]);
      return;
    }
    try (OutputStream out = exchange.respond(200, Fields.EMPTY)) {
      Files.copy(file, out);
    }
  }
}
