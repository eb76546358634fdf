package dev.sluice.quic.connection;

import dev.sluice.quic.endpoint.ConnectionIdGenerator;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
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

/** Endpoints and configurations for tests, all from one seed. */
public final class TestPeers {
  /** The time on every test's clock. */
  public static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

  /** One identity for all tests: making a key takes longer than most of them. */
  public static final Identity IDENTITY =
      SelfSignedIdentity.create(
          List.of("localhost"), Duration.ofDays(10), new SplittableRandom(1), CLOCK);

  private TestPeers() {}

  /** An endpoint with keys from the random source. */
  public static Endpoint endpoint(SplittableRandom random) {
    return new Endpoint(EndpointConfig.of(random));
  }

  /** The same with connection IDs of so many bytes. */
  static Endpoint endpoint(SplittableRandom random, int idLength) {
    return new Endpoint(
        EndpointConfig.of(random).withConnectionIds(ConnectionIdGenerator.random(idLength)));
  }

  /** A client that trusts {@link #IDENTITY}. */
  public static ClientConfig client(SplittableRandom random) {
    return ClientConfig.of(
        TlsClientConfig.builder()
            .serverName("localhost")
            .applicationProtocols("test")
            .certificateVerifier(PinnedVerifier.of(IDENTITY.certificateChain().getFirst()))
            .random(random)
            .clock(CLOCK)
            .build());
  }

  /** A server with {@link #IDENTITY}. */
  public static ServerConfig server(SplittableRandom random) {
    return ServerConfig.of(
        TlsServerConfig.builder()
            .identity(IDENTITY)
            .applicationProtocols("test")
            .random(random)
            .clock(CLOCK)
            .build());
  }
}
