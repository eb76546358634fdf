package dev.sluice.quic.connection;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.stream.StreamConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The transport's own settings, the same for clients and servers.
 *
 * @param idleTimeout after which a silent connection is given up; zero for never (RFC 9000 §10.1)
 * @param handshakeTimeout within which the handshake has to complete
 * @param keepAlive silence after which a PING is sent; zero for never (§10.1.2)
 * @param initialDatagramSize the largest UDP payload that is sent before anything is known of the
 *     path, in bytes, 1200 to {@code maxDatagramSize}. Whoever knows that all paths carry more than
 *     1200 bytes may say so here
 * @param maxDatagramSize the largest UDP payload that is ever sent, in bytes, up to 65527: where
 *     discovery ends
 * @param mtuDiscovery whether the largest datagram that a path carries is looked for (RFC 9000
 *     §14.3); without it the initial size stays
 * @param maxReceivedDatagramSize the largest UDP payload that this side takes, in bytes, 1200 to
 *     65527; the peer is told (max_udp_payload_size). Whoever drives a connection without {@code
 *     io} must have room for it
 * @param streams what this side lets the peer send, and how much it buffers
 * @param congestion the congestion controller
 * @param pacing whether packets are spread over a round trip (RFC 9002 §7.7). Without it they leave
 *     in bursts of up to an initial window; BBR paces in any case
 * @param initialRtt assumed before the first sample (RFC 9002 §6.2.2); a minute at most
 * @param datagrams whether datagrams are taken, and how many may wait (RFC 9221)
 * @param unreadRetention how long after the end of a connection its streams keep what nobody has
 *     read; what is left then is dropped
 * @param versions which versions of QUIC are spoken, and how one of them is chosen (RFC 9368)
 * @param greaseQuicBit whether packets are taken whose second bit is 0, which the peer may then
 *     send; off where QUIC shares its port with protocols that this bit tells apart (RFC 9287, RFC
 *     9443)
 * @param migration whether and where connections move (RFC 9000 §9)
 * @param ecn whether packets are marked so that routers can tell of congestion before they lose
 *     packets, on paths where that works (§13.4). What the peer's packets are marked with is
 *     reported to it in any case
 */
public record TransportConfig(
    Duration idleTimeout,
    Duration handshakeTimeout,
    Duration keepAlive,
    int initialDatagramSize,
    int maxDatagramSize,
    boolean mtuDiscovery,
    int maxReceivedDatagramSize,
    StreamConfig streams,
    CongestionAlgorithm congestion,
    boolean pacing,
    Duration initialRtt,
    DatagramConfig datagrams,
    Duration unreadRetention,
    Versions versions,
    boolean greaseQuicBit,
    MigrationConfig migration,
    boolean ecn) {

  /** For ever: a century fits into the nanoseconds of a long, with a clock's time added to it. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Duration LONGEST_RTT = Duration.ofMinutes(1);

  /**
   * What most programs want: 30 seconds idle, 10 seconds for a handshake, no keep-alive, the
   * datagrams of 1200 bytes (§14) and then of as many as the path carries, up to what Ethernet
   * takes in IPv6, CUBIC with pacing, no datagrams, a minute to read what is left, versions 1 and
   * 2, and no reliance on the QUIC bit.
   */
  public static final TransportConfig DEFAULTS =
      new TransportConfig(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ZERO,
          1200,
          1452,
          true,
          1500,
          StreamConfig.DEFAULT,
          CongestionAlgorithm.CUBIC,
          true,
          Duration.ofMillis(333),
          DatagramConfig.OFF,
          Duration.ofMinutes(1),
          Versions.DEFAULT,
          true,
          MigrationConfig.DEFAULTS,
          true);

  /** Checks ranges. */
  public TransportConfig {
    Objects.requireNonNull(streams, "streams");
    Objects.requireNonNull(congestion, "congestion");
    Objects.requireNonNull(datagrams, "datagrams");
    Objects.requireNonNull(versions, "versions");
    Objects.requireNonNull(migration, "migration");
    if (idleTimeout.isNegative() || keepAlive.isNegative() || unreadRetention.isNegative()) {
      throw new IllegalArgumentException("timeouts are not negative");
    }
    if (!handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException("handshakeTimeout is positive");
    }
    if (!initialRtt.isPositive() || initialRtt.compareTo(LONGEST_RTT) > 0) {
      throw new IllegalArgumentException("initialRtt is positive, and a minute at most");
    }
    requireSize("initialDatagramSize", initialDatagramSize);
    requireSize("maxDatagramSize", maxDatagramSize);
    requireSize("maxReceivedDatagramSize", maxReceivedDatagramSize);
    if (initialDatagramSize > maxDatagramSize) {
      throw new IllegalArgumentException("initialDatagramSize is above maxDatagramSize");
    }
    idleTimeout = atMostLongest(idleTimeout);
    handshakeTimeout = atMostLongest(handshakeTimeout);
    keepAlive = atMostLongest(keepAlive);
    unreadRetention = atMostLongest(unreadRetention);
  }

  private static Duration atMostLongest(Duration time) {
    return time.compareTo(LONGEST) < 0 ? time : LONGEST;
  }

  private static void requireSize(String name, int size) {
    if (size < 1200 || size > 65527) {
      throw new IllegalArgumentException(name + " is 1200 to 65527, not " + size);
    }
  }

  /** The same with another idle timeout. */
  public TransportConfig withIdleTimeout(Duration other) {
    return edit(to -> to.idleTimeout = other);
  }

  /** The same with another limit on the handshake. */
  public TransportConfig withHandshakeTimeout(Duration other) {
    return edit(to -> to.handshakeTimeout = other);
  }

  /** The same with keep-alive. */
  public TransportConfig withKeepAlive(Duration other) {
    return edit(to -> to.keepAlive = other);
  }

  /** The same with another size of the first datagrams; raises the largest if need be. */
  public TransportConfig withInitialDatagramSize(int other) {
    return edit(
        to -> {
          to.initialDatagramSize = other;
          to.maxDatagramSize = Math.max(to.maxDatagramSize, other);
        });
  }

  /** The same with another size at which discovery ends; lowers the initial one if need be. */
  public TransportConfig withMaxDatagramSize(int other) {
    return edit(
        to -> {
          to.maxDatagramSize = other;
          to.initialDatagramSize = Math.min(to.initialDatagramSize, other);
        });
  }

  /** The same with the search for the path's largest datagram on or off. */
  public TransportConfig withMtuDiscovery(boolean other) {
    return edit(to -> to.mtuDiscovery = other);
  }

  /** The same with another size of the largest datagram that is taken. */
  public TransportConfig withMaxReceivedDatagramSize(int other) {
    return edit(to -> to.maxReceivedDatagramSize = other);
  }

  /** The same with other stream settings. */
  public TransportConfig withStreams(StreamConfig other) {
    return edit(to -> to.streams = other);
  }

  /** The same with another congestion controller. */
  public TransportConfig withCongestion(CongestionAlgorithm other) {
    return edit(to -> to.congestion = other);
  }

  /** The same with pacing on or off. */
  public TransportConfig withPacing(boolean other) {
    return edit(to -> to.pacing = other);
  }

  /** The same with another guess at the round-trip time, as of a satellite's. */
  public TransportConfig withInitialRtt(Duration other) {
    return edit(to -> to.initialRtt = other);
  }

  /** The same with datagrams on or off. */
  public TransportConfig withDatagrams(DatagramConfig other) {
    return edit(to -> to.datagrams = other);
  }

  /** The same with another time for reading after the end. */
  public TransportConfig withUnreadRetention(Duration other) {
    return edit(to -> to.unreadRetention = other);
  }

  /** The same with other versions of QUIC. */
  public TransportConfig withVersions(Versions other) {
    return edit(to -> to.versions = other);
  }

  /** The same with grease_quic_bit on or off. */
  public TransportConfig withGreaseQuicBit(boolean other) {
    return edit(to -> to.greaseQuicBit = other);
  }

  /** The same with other settings for migration. */
  public TransportConfig withMigration(MigrationConfig other) {
    return edit(to -> to.migration = other);
  }

  /** The same with or without ECN marks. */
  public TransportConfig withEcn(boolean other) {
    return edit(to -> to.ecn = other);
  }

  private TransportConfig edit(Consumer<Fields> change) {
    Fields fields = new Fields(this);
    change.accept(fields);
    return fields.build();
  }

  long idleTimeoutNanos() {
    return idleTimeout.toNanos();
  }

  long handshakeTimeoutNanos() {
    return handshakeTimeout.toNanos();
  }

  long keepAliveNanos() {
    return keepAlive.toNanos();
  }

  /** The components while one of them changes; a further component is named here and above. */
  private static final class Fields {
    Duration idleTimeout;
    Duration handshakeTimeout;
    Duration keepAlive;
    int initialDatagramSize;
    int maxDatagramSize;
    boolean mtuDiscovery;
    int maxReceivedDatagramSize;
    StreamConfig streams;
    CongestionAlgorithm congestion;
    boolean pacing;
    Duration initialRtt;
    DatagramConfig datagrams;
    Duration unreadRetention;
    Versions versions;
    boolean greaseQuicBit;
    MigrationConfig migration;
    boolean ecn;

    Fields(TransportConfig from) {
      idleTimeout = from.idleTimeout;
      handshakeTimeout = from.handshakeTimeout;
      keepAlive = from.keepAlive;
      initialDatagramSize = from.initialDatagramSize;
      maxDatagramSize = from.maxDatagramSize;
      mtuDiscovery = from.mtuDiscovery;
      maxReceivedDatagramSize = from.maxReceivedDatagramSize;
      streams = from.streams;
      congestion = from.congestion;
      pacing = from.pacing;
      initialRtt = from.initialRtt;
      datagrams = from.datagrams;
      unreadRetention = from.unreadRetention;
      versions = from.versions;
      greaseQuicBit = from.greaseQuicBit;
      migration = from.migration;
      ecn = from.ecn;
    }

    TransportConfig build() {
      return new TransportConfig(
          idleTimeout,
          handshakeTimeout,
          keepAlive,
          initialDatagramSize,
          maxDatagramSize,
          mtuDiscovery,
          maxReceivedDatagramSize,
          streams,
          congestion,
          pacing,
          initialRtt,
          datagrams,
          unreadRetention,
          versions,
          greaseQuicBit,
          migration,
          ecn);
    }
  }
}
