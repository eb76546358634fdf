package dev.sluice.quic.connection;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.stream.StreamConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * The transport's own settings, the same for clients and servers.
 *
 * @param idleTimeout after which a silent connection is given up; zero for never (RFC 9000 §10.1)
 * @param handshakeTimeout within which the handshake has to complete
 * @param keepAlive silence after which a PING is sent; zero for never (§10.1.2)
 * @param maxDatagramSize the largest UDP payload that is sent, 1200 to 65527. Whoever knows that
 *     the path carries more than 1200 bytes says so here
 * @param streams what this side lets the peer send, and how much it buffers
 * @param congestion the congestion controller
 * @param initialRtt assumed before the first sample (RFC 9002 §6.2.2)
 * @param datagrams whether datagrams are taken, and how many may wait (RFC 9221)
 * @param unreadRetention how long after the end of a connection its streams keep what nobody has
 *     read; what is left then is dropped
 */
public record TransportConfig(
    Duration idleTimeout,
    Duration handshakeTimeout,
    Duration keepAlive,
    int maxDatagramSize,
    StreamConfig streams,
    CongestionAlgorithm congestion,
    Duration initialRtt,
    DatagramConfig datagrams,
    Duration unreadRetention) {

  /**
   * What most programs want: 30 seconds idle, 10 seconds for a handshake, no keep-alive, the
   * datagram size that every path carries (§14), CUBIC, no datagrams, a minute to read what is
   * left.
   */
  public static final TransportConfig DEFAULTS =
      new TransportConfig(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ZERO,
          1200,
          StreamConfig.DEFAULT,
          CongestionAlgorithm.CUBIC,
          Duration.ofMillis(333),
          DatagramConfig.OFF,
          Duration.ofMinutes(1));

  /** Checks ranges. */
  public TransportConfig {
    Objects.requireNonNull(streams, "streams");
    Objects.requireNonNull(congestion, "congestion");
    Objects.requireNonNull(datagrams, "datagrams");
    if (idleTimeout.isNegative() || keepAlive.isNegative() || unreadRetention.isNegative()) {
      throw new IllegalArgumentException("timeouts are not negative");
    }
    if (!handshakeTimeout.isPositive() || !initialRtt.isPositive()) {
      throw new IllegalArgumentException("handshakeTimeout and initialRtt are positive");
    }
    if (maxDatagramSize < 1200 || maxDatagramSize > 65527) {
      throw new IllegalArgumentException("maxDatagramSize is 1200 to 65527");
    }
  }

  /** The same with another idle timeout. */
  public TransportConfig withIdleTimeout(Duration other) {
    return new TransportConfig(
        other,
        handshakeTimeout,
        keepAlive,
        maxDatagramSize,
        streams,
        congestion,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with another limit on the handshake. */
  public TransportConfig withHandshakeTimeout(Duration other) {
    return new TransportConfig(
        idleTimeout,
        other,
        keepAlive,
        maxDatagramSize,
        streams,
        congestion,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with keep-alive. */
  public TransportConfig withKeepAlive(Duration other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        other,
        maxDatagramSize,
        streams,
        congestion,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with another datagram size. */
  public TransportConfig withMaxDatagramSize(int other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        keepAlive,
        other,
        streams,
        congestion,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with other stream settings. */
  public TransportConfig withStreams(StreamConfig other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        keepAlive,
        maxDatagramSize,
        other,
        congestion,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with another congestion controller. */
  public TransportConfig withCongestion(CongestionAlgorithm other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        keepAlive,
        maxDatagramSize,
        streams,
        other,
        initialRtt,
        datagrams,
        unreadRetention);
  }

  /** The same with datagrams on or off. */
  public TransportConfig withDatagrams(DatagramConfig other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        keepAlive,
        maxDatagramSize,
        streams,
        congestion,
        initialRtt,
        other,
        unreadRetention);
  }

  /** The same with another time for reading after the end. */
  public TransportConfig withUnreadRetention(Duration other) {
    return new TransportConfig(
        idleTimeout,
        handshakeTimeout,
        keepAlive,
        maxDatagramSize,
        streams,
        congestion,
        initialRtt,
        datagrams,
        other);
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
}
