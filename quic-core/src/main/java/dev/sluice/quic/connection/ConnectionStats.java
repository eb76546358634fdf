package dev.sluice.quic.connection;

import dev.sluice.quic.datagram.DatagramStats;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A snapshot of a connection. Times are nanoseconds, sizes are bytes of UDP payload. Datagrams are
 * those of UDP, except in the last component.
 *
 * @param version the QUIC version in use, 1 for RFC 9000
 * @param smoothedRtt 0 before the first sample
 * @param minRtt 0 before the first sample
 * @param congestionWindow bytes
 * @param packetsLost declared lost so far, on all paths; probes of paths and their sizes apart
 * @param datagramFrames the application's datagrams (RFC 9221)
 * @param paths the path in use first, then those that are being probed or were in use until lately;
 *     the round-trip times and the window above are those of the first
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
    long datagramsDropped,
    DatagramStats datagramFrames,
    List<PathStats> paths) {

  /** The same with more datagrams that the application was too slow for. */
  public ConnectionStats plusDroppedUnread(long more) {
    return new ConnectionStats(
        version,
        local,
        remote,
        smoothedRtt,
        latestRtt,
        minRtt,
        rttVariation,
        congestionWindow,
        bytesInFlight,
        datagramsSent,
        datagramsReceived,
        bytesSent,
        bytesReceived,
        packetsSent,
        packetsReceived,
        packetsLost,
        ptoCount,
        datagramsDropped,
        datagramFrames.plusDroppedUnread(more),
        paths);
  }

  /** The path that what is sent takes. */
  public PathStats activePath() {
    return paths.getFirst();
  }
}
