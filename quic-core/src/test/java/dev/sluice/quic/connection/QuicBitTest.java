package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Greasing the QUIC bit (RFC 9287). */
class QuicBitTest {
  private static final TransportConfig GREASED = TransportConfig.DEFAULTS;
  private static final byte FIRST = 0x45;
  private static final byte WITHOUT = 0x05;
  private static final int QUIC_BIT = 0x40;
  private static final TransportConfig FIXED = GREASED.withGreaseQuicBit(false);

  /** The first byte of a datagram on the wire. */
  private record First(InetSocketAddress from, byte bits) {}

  private final List<First> seen = new ArrayList<>();

  private Duo duo(TransportConfig forClient, TransportConfig forServer) {
    Simulation sim = new Simulation(1);
    seen.clear();
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            seen.add(new First(datagram.source(), datagram.bytes()[0]));
          }
        });
    Duo duo = new Duo(sim, forClient, forServer, () -> new Link().delay(Simulation.ms(10)));
    for (int i = 0; i < 100; i++) {
      write(duo.client.openUni());
      write(duo.server.openUni());
      duo.runFor(30);
    }
    return duo;
  }

  private static void write(SendStream stream) {
    stream.write(new byte[10], 0, 10);
    stream.finish();
  }

  private long cleared(InetSocketAddress from) {
    return seen.stream()
        .filter(first -> first.from.equals(from) && !FirstByte.hasFixedBit(first.bits))
        .count();
  }

  @Test
  @Requirement({"RFC9287-3#2", "RFC9287-3.1#1", "RFC9287-3.2#1"})
  void bothSidesClearItAtRandom() {
    Duo duo = duo(GREASED, GREASED);
    for (InetSocketAddress side : List.of(duo.clientAddress, duo.serverAddress)) {
      long all = seen.stream().filter(first -> first.from.equals(side)).count();
      long cleared = cleared(side);
      assertTrue(cleared > all / 4 && cleared < 3 * all / 4, cleared + " of " + all);
    }
    for (Connection each : List.of(duo.client, duo.server)) {
      assertEquals(0, each.stats().datagramsDropped());
      assertEquals(0, each.recovery.packetsLost());
    }
  }

  @Test
  @Requirement({"RFC9287-3.1#4", "RFC9287-3.1#6"})
  void nobodyClearsItForAPeerThatHasNotAllowedIt() {
    Duo duo = duo(GREASED, FIXED);
    assertEquals(0, cleared(duo.clientAddress));
    assertTrue(cleared(duo.serverAddress) > 0);
    Duo other = duo(FIXED, GREASED);
    assertEquals(0, cleared(other.serverAddress));
  }

  /** The same client comes again, and allows it no more. */
  @Test
  @Requirement("RFC9287-3.1#5")
  void theServerDoesNotRemember() {
    Duo duo = duo(GREASED, GREASED);
    assertTrue(cleared(duo.serverAddress) > 0);
    seen.clear();
    ClientConfig client = TestPeers.client(new SplittableRandom(2)).withTransport(FIXED);
    Connection again =
        duo.clientNode.endpoint().connect(null, duo.serverAddress, client, duo.sim.now());
    duo.sim.run(Duration.ofSeconds(5), again.handshake::isConfirmed);
    assertEquals(0, cleared(duo.serverAddress));
  }

  @Test
  @Requirement({"RFC9287-3.1#3", "RFC9287-3.1#6"})
  void aClientsFirstFlightHasIt() {
    for (int seed = 1; seed < 20; seed++) {
      seen.clear();
      Simulation other = new Simulation(seed);
      other.watch(
          new Watcher() {
            @Override
            public void sent(long now, Datagram datagram) {
              seen.add(new First(datagram.source(), datagram.bytes()[0]));
            }
          });
      Duo duo = new Duo(other, GREASED, GREASED, () -> new Link().delay(Simulation.ms(10)));
      for (First first : seen) {
        if (first.from.equals(duo.serverAddress)) {
          break;
        }
        assertTrue(FirstByte.hasFixedBit(first.bits));
      }
    }
  }

  @Test
  @Requirement({"RFC9000-17.2#1", "RFC9000-17.3.1#1"})
  void whoHasNotAllowedItDropsPacketsWithoutIt() {
    Duo duo = new Duo(FIXED, GREASED);
    byte[] ping = SealedPackets.payload(new PingFrame());
    long before = duo.client.stats().packetsReceived();
    duo.toClient(SealedPackets.oneRtt(duo.server, ping, 90_000, QUIC_BIT));
    assertEquals(before, duo.client.stats().packetsReceived());
    duo.toClient(SealedPackets.oneRtt(duo.server, ping, 90_001));
    assertEquals(before + 1, duo.client.stats().packetsReceived());
  }

  @Test
  void itIsUnpredictable() {
    QuicBit bit = new QuicBit(new SplittableRandom(1));
    for (int i = 0; i < 100; i++) {
      assertEquals(FIRST, bit.apply(FIRST));
    }
    bit.free();
    int cleared = 0;
    for (int i = 0; i < 1000; i++) {
      byte first = bit.apply(FIRST);
      assertTrue(first == FIRST || first == WITHOUT, "no other bit changes: " + first);
      cleared += first == WITHOUT ? 1 : 0;
    }
    assertTrue(cleared > 400 && cleared < 600, cleared + " of 1000");
  }
}
