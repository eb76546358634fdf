package dev.sluice.tools.congestion;

import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** Clients and servers that trust each other, on a calendar that stands still. */
final class Peers {
  private static final String PROTOCOL = "bulk";
  private static final InstantSource CALENDAR =
      InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

  private final SplittableRandom random;
  private final Identity identity;

  /**
   * @param random a fixed one makes a fixed run
   */
  Peers(SplittableRandom random) {
    this.random = random;
    this.identity =
        SelfSignedIdentity.create(List.of("localhost"), Duration.ofDays(10), random, CALENDAR);
  }

  ClientConfig client() {
    return ClientConfig.of(
        TlsClientConfig.builder()
            .serverName("localhost")
            .applicationProtocols(PROTOCOL)
            .certificateVerifier(PinnedVerifier.of(identity.certificateChain().getFirst()))
            .random(random.split())
            .clock(CALENDAR)
            .build());
  }

  ServerConfig server() {
    return ServerConfig.of(
        TlsServerConfig.builder()
            .identity(identity)
            .applicationProtocols(PROTOCOL)
            .random(random.split())
            .clock(CALENDAR)
            .build());
  }
}
