package dev.sluice.quic.connection;

import dev.sluice.quic.path.Path;
import dev.sluice.quic.recovery.EcnValidation;
import dev.sluice.quic.recovery.MtuDiscovery;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.recovery.RttEstimator;
import java.net.InetSocketAddress;

/**
 * A snapshot of one path of a connection: a pair of addresses, and what is known of it. Times are
 * nanoseconds, sizes bytes of UDP payload. Two paths between the same hosts, as a NAT makes them
 * when it rebinds, share what was measured.
 *
 * @param local null where the socket's own address is meant
 * @param active whether what is sent takes this path
 * @param validated whether the peer is known to be at its address (RFC 9000 §8)
 * @param smoothedRtt 0 before the first sample, as the other times
 * @param congestionController its name
 * @param slowStartThreshold {@link Long#MAX_VALUE} while there is none
 * @param maxDatagramSize the largest datagram that is sent on it
 * @param mtuDiscovery how far the search for a larger one has come (RFC 8899)
 * @param ecn whether packets are marked, and how that is known (RFC 9000 §13.4)
 * @param ecnCongested packets that arrived marked with congestion
 * @param bytesSent on this path, packets of every kind
 * @param bytesReceived on this path, packets of every kind
 * @param packetsLost declared lost, probes apart
 * @param spuriousLosses how many of those arrived after all
 */
public record PathStats(
    InetSocketAddress local,
    InetSocketAddress remote,
    boolean active,
    boolean validated,
    long smoothedRtt,
    long latestRtt,
    long minRtt,
    long rttVariation,
    String congestionController,
    long congestionWindow,
    long slowStartThreshold,
    long bytesInFlight,
    int maxDatagramSize,
    MtuDiscovery.State mtuDiscovery,
    EcnValidation.State ecn,
    long ecnCongested,
    long bytesSent,
    long bytesReceived,
    long packetsLost,
    long spuriousLosses) {

  static PathStats of(Path path, boolean active) {
    PathRecovery recovery = path.recovery();
    RttEstimator rtt = recovery.rtt();
    return new PathStats(
        path.local(),
        path.remote(),
        active,
        path.isValidated(),
        rtt.isSampled() ? rtt.smoothed() : 0,
        rtt.latest(),
        rtt.min(),
        rtt.isSampled() ? rtt.variation() : 0,
        recovery.congestion().name(),
        recovery.congestion().window(),
        recovery.congestion().slowStartThreshold(),
        recovery.bytesInFlight(),
        recovery.maxDatagramSize(),
        recovery.mtu().state(),
        recovery.ecn().state(),
        recovery.ecn().congested(),
        path.amplification().sent(),
        path.amplification().received(),
        recovery.packetsLost(),
        recovery.spuriousLosses());
  }
}
