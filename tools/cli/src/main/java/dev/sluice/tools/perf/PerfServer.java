package dev.sluice.tools.perf;

import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.io.IoMode;
import dev.sluice.tls.Identity;
import dev.sluice.tls.psk.RotatingTicketProtector;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.KeyLogFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A server of {@link PerfProtocol} that runs until it is closed.
 *
 * @param address where it listens
 * @param io how it moves datagrams, for people
 */
public record PerfServer(InetSocketAddress address, String io, AutoCloseable server)
    implements AutoCloseable {
  private static final Duration TICKET_LIFETIME = Duration.ofHours(6);

  /**
   * The threads of its network.
   *
   * @param io how they move datagrams
   */
  public record Loops(int count, IoMode io) {
    /** One, on the usual way. */
    public static Loops one() {
      return new Loops(1, IoMode.preferred());
    }
  }

  /**
   * Binds and serves.
   *
   * @param http3 whether it speaks HTTP/3 and WebTransport on it, or else raw QUIC
   * @throws CommandException the key log that the environment asks for cannot be written
   */
  public static PerfServer start(
      InetSocketAddress address,
      Identity identity,
      TransportConfig transport,
      Loops loops,
      boolean http3)
      throws IOException, CommandException {
    return http3
        ? startHttp3(address, identity, transport, loops)
        : startQuic(address, identity, transport, loops);
  }

  private static PerfServer startQuic(
      InetSocketAddress address, Identity identity, TransportConfig transport, Loops loops)
      throws IOException, CommandException {
    SecureRandom random = new SecureRandom();
    RotatingTicketProtector tickets =
        new RotatingTicketProtector(TICKET_LIFETIME, random, InstantSource.system().instant());
    QuicServer server =
        QuicServer.builder()
            .address(address)
            .identity(identity)
            .applicationProtocols(PerfProtocol.ALPN)
            .tls(tls -> tls.ticketProtector(tickets).ticketLifetime(TICKET_LIFETIME))
            .transport(transport)
            .loops(loops.count())
            .io(loops.io())
            .keyLog(KeyLogFile.open(null))
            .start();
    PerfService.serve(server);
    return new PerfServer(server.localAddress(), server.ioDescription(), server);
  }

  private static PerfServer startHttp3(
      InetSocketAddress address, Identity identity, TransportConfig transport, Loops loops)
      throws IOException, CommandException {
    PerfSite site = new PerfSite();
    Http3Server server =
        Http3Server.builder()
            .address(address)
            .identity(identity)
            .quic(transport)
            .loops(loops.count())
            .io(loops.io())
            .keyLog(KeyLogFile.open(null))
            .handler(site)
            .handleOn(site)
            .webTransport(PerfProtocol.SESSION_PATH, new PerfSession())
            .start();
    return new PerfServer(server.localAddress(), server.ioDescription(), server);
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
}
