package dev.sluice.quic;

import dev.sluice.testkit.LayerRules;
import org.junit.jupiter.api.Test;

/** Each package of the transport uses only those before it. */
class LayersTest {
  @Test
  void dependenciesPointOneWay() {
    LayerRules.of(DatagramBatch.class)
        .checkOrder(
            "dev.sluice.quic.wire",
            "dev.sluice.quic.ending",
            // The table of which frame may travel in which packet needs the packets' names.
            "dev.sluice.quic.packet.PacketType",
            "dev.sluice.quic.frame",
            "dev.sluice.quic.packet",
            "dev.sluice.quic.crypto",
            "dev.sluice.quic.trace",
            "dev.sluice.quic.qlog",
            "dev.sluice.quic.jfr",
            // What a packet carries is known to those who fill it, before those who track its loss.
            "dev.sluice.quic.recovery.RecoveryToken",
            "dev.sluice.quic.recovery.StreamRanges",
            "dev.sluice.quic.recovery.PacketContents",
            "dev.sluice.quic.flow",
            "dev.sluice.quic.stream",
            "dev.sluice.quic.datagram",
            "dev.sluice.quic.congestion",
            "dev.sluice.quic.recovery",
            "dev.sluice.quic.path",
            // The batch of datagrams is what connections and sockets hand each other.
            "dev.sluice.quic.DatagramBatch",
            "dev.sluice.quic.connection",
            "dev.sluice.quic.endpoint",
            "dev.sluice.quic.lb",
            "dev.sluice.quic.sim",
            "dev.sluice.quic.io.udp",
            "dev.sluice.quic.io.linux",
            "dev.sluice.quic.io",
            "dev.sluice.quic");
  }
}
