package dev.sluice.quic.connection;

import java.net.InetSocketAddress;

/**
 * A snapshot of a connection. Times are nanoseconds, sizes are bytes of UDP payload.
 *
 * @param version the QUIC version in use, 1 for RFC 9000
 * @param smoothedRtt 0 before the first sample
 * @param minRtt 0 before the first sample
 * @param congestionWindow bytes
 */
public record ConnectionStats(
    int version,
    InetSocketAddress local,
    InetSocketAddress remote,
    long smoothedRtt,
    long latestRtt,
    long minRtt,
    long rttVariation,
    long congestionWindow,
    long bytesInFlight,
    long datagramsSent,
    long datagramsReceived,
    long bytesSent,
    long bytesReceived,
    long packetsSent,
    long packetsReceived,
    long packetsLost,
    long ptoCount,
    long datagramsDropped) {}
