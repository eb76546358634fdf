package dev.sluice.bench.micro;

import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** Configurations of both ends for what runs in memory, all from one seed. */
final class BenchPeers {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));
  private static final String PROTOCOL = "bench";

  private static final Identity IDENTITY =
      SelfSignedIdentity.create(
          List.of("localhost"), Duration.ofDays(10), new SplittableRandom(1), CLOCK);

  private BenchPeers() {}

  static ClientConfig client(SplittableRandom random) {
    return ClientConfig.of(
        TlsClientConfig.builder()
            .serverName("localhost")
            .applicationProtocols(PROTOCOL)
            .certificateVerifier(PinnedVerifier.of(IDENTITY.certificateChain().getFirst()))
            .random(random)
            .clock(CLOCK)
            .build());
  }

  static ServerConfig server(SplittableRandom random) {
    return ServerConfig.of(tls(random).build());
  }

  /** One that gives two tickets after each handshake. */
  static ServerConfig serverWithTickets(SplittableRandom random) {
    return ServerConfig.of(
        tls(random)
            .ticketProtector(
                new RotatingTicketProtector(Duration.ofDays(1), random, CLOCK.instant()))
            .build());
  }

  private static TlsServerConfig.Builder tls(SplittableRandom random) {
    return TlsServerConfig.builder()
        .identity(IDENTITY)
        .applicationProtocols(PROTOCOL)
        .random(random)
        .clock(CLOCK);
  }
}
