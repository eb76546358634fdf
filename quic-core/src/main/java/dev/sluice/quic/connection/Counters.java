package dev.sluice.quic.connection;

import dev.sluice.quic.path.Paths;
import java.util.ArrayList;
import java.util.List;

/** What a connection has sent and received, for its statistics. */
final class Counters {
  private long datagramsSent;
  private long datagramsReceived;
  private long bytesSent;
  private long bytesReceived;
  private long packetsSent;
  private long packetsReceived;
  private long probeTimeouts;
  private long dropped;

  void onDatagramSent(int bytes) {
    datagramsSent++;
    bytesSent += bytes;
  }

  void onDatagramReceived(int bytes) {
    datagramsReceived++;
    bytesReceived += bytes;
  }

  void onPacketSent() {
    packetsSent++;
  }

  void onPacketReceived() {
    packetsReceived++;
  }

  void onProbeTimeout() {
    probeTimeouts++;
  }

  void onDropped() {
    dropped++;
  }

  ConnectionStats snapshot(Connection connection) {
    var rtt = connection.recovery.path().rtt();
    return new ConnectionStats(
        connection.versions.current().number(),
        connection.paths.active().local(),
        connection.paths.active().remote(),
        rtt.isSampled() ? rtt.smoothed() : 0,
        rtt.latest(),
        rtt.isSampled() ? rtt.min() : 0,
        rtt.variation(),
        connection.recovery.path().congestion().window(),
        connection.recovery.path().bytesInFlight(),
        datagramsSent,
        datagramsReceived,
        bytesSent,
        bytesReceived,
        packetsSent,
        packetsReceived,
        connection.recovery.packetsLost(),
        probeTimeouts,
        dropped,
        connection.datagrams.stats(),
        paths(connection.paths));
  }

  private static List<PathStats> paths(Paths paths) {
    List<PathStats> all = new ArrayList<>();
    all.add(PathStats.of(paths.active(), true));
    paths.others().forEach(path -> all.add(PathStats.of(path, false)));
    return List.copyOf(all);
  }
}
