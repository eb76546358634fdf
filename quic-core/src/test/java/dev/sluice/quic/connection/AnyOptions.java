package dev.sluice.quic.connection;

import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.HandshakeTimeout;
import dev.sluice.quic.ending.ConnectionEnding.IdleTimeout;
import dev.sluice.quic.ending.ConnectionEnding.StatelessReset;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.ConnectionEnding.VersionMismatch;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What both sides are set to, and what they and the network do meanwhile, as a seed says: any mix
 * of options that can work at all.
 */
final class AnyOptions {
  /** Longer than any run takes, so that nothing ends for want of patience. */
  private static final Duration FOREVER = Duration.ofDays(40 * 365);

  /** Who cannot be found again may as well give up. */
  private static final Duration LONG = Duration.ofDays(500);

  private static final List<Versions> VERSIONS =
      List.of(
          Versions.DEFAULT,
          Versions.of(QuicVersion.V1),
          Versions.of(QuicVersion.V2),
          Versions.of(QuicVersion.V2, QuicVersion.V1),
          Versions.of(QuicVersion.V2, QuicVersion.V1).withOriginal(QuicVersion.V2));

  private final SplittableRandom random;
  private final AnyNetwork network;

  /** The client's NAT forgets it now and then. */
  private final boolean rebound;

  /** Even before the handshake is confirmed, until when addresses have to be stable (§9). */
  private final boolean reboundEarly;

  private final boolean migrating;
  private final boolean preferring;
  private final boolean leaping;
  private final boolean updatingKeys;
  private final boolean resumed;
  private final boolean retry;
  private final int clientIds;
  private final int serverIds;
  private final Versions ofClient;
  private final Versions ofServer;

  AnyOptions(SplittableRandom random, AnyNetwork network) {
    this.random = random;
    this.network = network;
    this.rebound = oneIn(4);
    this.reboundEarly = rebound && oneIn(4);
    this.migrating = oneIn(6);
    this.preferring = oneIn(8);
    this.leaping = oneIn(8);
    this.updatingKeys = oneIn(4);
    this.resumed = oneIn(4);
    this.clientIds = oneIn(6) ? 0 : 4 + random.nextInt(17);
    boolean stays = !rebound && !migrating && !preferring;
    // A server that gives out no IDs knows its clients by their addresses (RFC 9000 §5.1).
    this.serverIds = stays && oneIn(4) ? 0 : 4 + random.nextInt(17);
    // A Retry's token is good for some seconds and for one address.
    boolean soon = network.delay().toMillis() < 1_000 && network.loss() < 0.1;
    this.retry = soon && !reboundEarly && oneIn(3);
    this.ofClient = VERSIONS.get(random.nextInt(VERSIONS.size()));
    Versions other = VERSIONS.get(random.nextInt(VERSIONS.size()));
    this.ofServer = canTalk(ofClient, other) ? other : ofClient;
  }

  /**
   * Whether both speak a version that they can find. Version Negotiation packets are not
   * authenticated: where bits flip they may say anything.
   */
  private boolean canTalk(Versions client, Versions server) {
    return server.speaks(client.original())
        || (network.isFaithful() && client.preferred().stream().anyMatch(server::speaks));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  int clientIds() {
    return clientIds;
  }

  int serverIds() {
    return serverIds;
  }

  boolean isResumed() {
    return resumed;
  }

  ClientConfig client(ClientConfig config) {
    TransportConfig transport = transport(config.transport()).withVersions(ofClient);
    // Only what a client sends tells the server of its new address.
    return config.withTransport(
        rebound ? transport.withKeepAlive(Duration.ofSeconds(15)) : transport);
  }

  ServerConfig server(ServerConfig config, Scenario scenario) {
    TransportConfig transport = transport(config.transport()).withVersions(ofServer);
    MigrationConfig migration = MigrationConfig.DEFAULTS.withDisableActive(oneIn(4));
    return config
        .withTransport(
            transport.withMigration(
                preferring ? migration.withPreferred(scenario.serverPreferred()) : migration))
        .withRetry(retry);
  }

  private TransportConfig transport(TransportConfig config) {
    CongestionAlgorithm[] algorithms = CongestionAlgorithm.values();
    return config
        .withHandshakeTimeout(reboundEarly ? LONG : FOREVER)
        .withIdleTimeout(reboundEarly ? LONG : FOREVER)
        .withKeepAlive(oneIn(8) ? Duration.ofSeconds(15) : Duration.ZERO)
        .withCongestion(algorithms[random.nextInt(algorithms.length)])
        .withPacing(!oneIn(4))
        .withEcn(!oneIn(4))
        .withGreaseQuicBit(random.nextBoolean())
        .withMtuDiscovery(!oneIn(4))
        .withMaxDatagramSize(oneIn(4) ? 1_200 + random.nextInt(800) : 1_452)
        .withMaxReceivedDatagramSize(oneIn(4) ? 1_200 + random.nextInt(800) : 1_500)
        .withDatagrams(oneIn(3) ? DatagramConfig.OFF : DatagramConfig.ON)
        .withStreams(oneIn(3) ? narrow() : StreamConfig.DEFAULT);
  }

  /** Windows and buffers that everything has to squeeze through. */
  private StreamConfig narrow() {
    int connection = 500 + random.nextInt(20_000);
    StreamLimits limits =
        new StreamLimits(
            connection,
            100 + random.nextInt(5_000),
            100 + random.nextInt(5_000),
            100 + random.nextInt(5_000),
            1 + random.nextInt(3),
            1 + random.nextInt(3));
    return new StreamConfig(
        limits, 50_000, 100_000, 1_000 + random.nextInt(20_000), 30_000 + random.nextInt(20_000));
  }

  /** What happens while they talk. */
  void meanwhile(Simulation sim, Scenario scenario) {
    if (rebound) {
      some(
          4,
          () -> {
            if (reboundEarly || scenario.isConfirmed()) {
              sim.rebind(scenario.clientAddress(), random.nextBoolean());
            }
          });
    }
    if (leaping) {
      some(
          3,
          () ->
              sim.leap(
                  random.nextBoolean() ? scenario.clientAddress() : scenario.serverAddress(),
                  Duration.ofMillis(random.nextInt(3_000))));
    }
    if (migrating) {
      some(3, () -> scenario.migrate(random.nextBoolean()));
    }
    if (updatingKeys) {
      some(5, () -> scenario.updateKeys(random.nextBoolean()));
    }
  }

  private void some(int most, Runnable action) {
    for (int i = random.nextInt(most); i >= 0; i--) {
      network.sometime(action);
    }
  }

  /** Endings that are nobody's fault. */
  boolean excuses(ConnectionEnding ending) {
    return switch (ending) {
      case TransportClose close when close.code() == TransportError.NO_VIABLE_PATH.code() ->
          reboundEarly;
      case TransportClose close
          when close.code() == TransportError.VERSION_NEGOTIATION_ERROR.code() ->
          !network.isFaithful();
      // A token may come back too late where clocks leap, or where queues are long.
      case TransportClose close when close.code() == TransportError.INVALID_TOKEN.code() -> retry;
      case VersionMismatch mismatch -> !network.isFaithful();
      // Before it knows how far the server is, a client's timeout doubles from a second on. Over
      // minutes and hours that is often, and then it keeps the factor (RFC 9002 §6.2.1).
      case HandshakeTimeout timeout -> reboundEarly || network.delay().toMinutes() > 0;
      case IdleTimeout timeout -> reboundEarly;
      case StatelessReset reset -> reboundEarly;
      default -> false;
    };
  }
}
