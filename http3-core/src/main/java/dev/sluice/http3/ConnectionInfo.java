package dev.sluice.http3;

import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.tls.TlsSession;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * What is known of the connection that an exchange travelled on: agreed values, and the round-trip
 * time as it was when this snapshot was taken.
 *
 * @param quicVersion the QUIC version's number, 1 for RFC 9000
 * @param cipherSuite the registered name, such as "TLS_AES_128_GCM_SHA256"
 * @param keyExchangeGroup the registered name, such as "X25519MLKEM768"
 * @param applicationProtocol the ALPN result, "h3"
 * @param serverName the SNI that the client sent; null when it sent none
 * @param peerCertificates the peer's chain, its own certificate first; empty when it showed none
 * @param resumed whether the handshake resumed an earlier session
 * @param earlyData what became of 0-RTT
 * @param smoothedRtt zero before the first sample
 * @param localAddress this side's address
 * @param remoteAddress the peer's address at present
 * @param label names this connection among those of its client or server
 * @param stats times and counters of the connection and of each of its paths, at that moment
 */
public record ConnectionInfo(
    int quicVersion,
    String cipherSuite,
    String keyExchangeGroup,
    String applicationProtocol,
    String serverName,
    List<X509Certificate> peerCertificates,
    boolean resumed,
    EarlyDataState earlyData,
    Duration smoothedRtt,
    InetSocketAddress localAddress,
    InetSocketAddress remoteAddress,
    String label,
    ConnectionStats stats) {

  /** Copies the list. */
  public ConnectionInfo {
    peerCertificates = List.copyOf(peerCertificates);
  }

  /**
   * Takes a snapshot, when there has been a request or response, on the thread that owns the
   * transport.
   *
   * @param label names the connection among those of its client or server
   */
  public static ConnectionInfo of(QuicTransport transport, String label) {
    ConnectionStats stats = transport.stats();
    TlsSession tls = transport.tls();
    return new ConnectionInfo(
        stats.version(),
        tls.cipherSuite().name(),
        tls.group().name(),
        tls.applicationProtocol(),
        tls.serverName(),
        tls.peerCertificates(),
        tls.resumed(),
        transport.earlyData(),
        Duration.ofNanos(stats.smoothedRtt()),
        stats.local(),
        stats.remote(),
        label,
        stats);
  }
}
