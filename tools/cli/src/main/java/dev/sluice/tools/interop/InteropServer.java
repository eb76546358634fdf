package dev.sluice.tools.interop;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicServerBuilder;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.Identity;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** The server's side of a test case. */
final class InteropServer implements AutoCloseable {
  private static final Duration TICKET_LIFETIME = Duration.ofHours(1);

  private final InetSocketAddress address;
  private final AutoCloseable server;

  private InteropServer(InetSocketAddress address, AutoCloseable server) {
    this.address = address;
    this.server = server;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return address;
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
   */
  static InteropServer start(
      TestCase testCase,
      boolean http3,
      InetSocketAddress address,
      Identity identity,
      Path root,
      KeyLog keyLog,
      Supplier<Tracer> tracer)
      throws IOException {
    if (http3 || testCase == TestCase.HTTP3) {
      Http3Server server =
          Http3Server.builder()
              .address(address)
              .identity(identity)
              .quic(transport(testCase))
              .retry(testCase == TestCase.RETRY)
              .keyLog(keyLog)
              .tracer(tracer)
              .daemon(false)
              .handler(exchange -> answer(exchange, root))
              .start();
      return new InteropServer(server.localAddress(), server);
    }
    QuicServerBuilder builder =
        QuicServer.builder()
            .address(address)
            .identity(identity)
            .applicationProtocols(HttpZeroNine.PROTOCOL)
            .transport(transport(testCase))
            .retry(testCase == TestCase.RETRY)
            .tickets(
                new RotatingTicketProtector(TICKET_LIFETIME, new SecureRandom(), Instant.now()))
            .keyLog(keyLog)
            .tracer(tracer)
            .daemon(false)
            .handler(connection -> HttpZeroNine.serve(connection, root));
    if (testCase == TestCase.ZERORTT) {
      builder.earlyData();
    }
    QuicServer server = builder.start();
    return new InteropServer(server.localAddress(), server);
  }

  private static TransportConfig transport(TestCase testCase) {
    return testCase == TestCase.V2
        ? TransportConfig.DEFAULTS.withVersions(Versions.of(QuicVersion.V2, QuicVersion.V1))
        : TransportConfig.DEFAULTS;
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
