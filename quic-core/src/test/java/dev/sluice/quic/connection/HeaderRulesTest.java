package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.ShortHeaderWriter;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.EncryptionLevel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What stands in headers (RFC 9000 §17), sent and received. */
class HeaderRulesTest {
  private static final int RESERVED_LONG = 0x0c;
  private static final int RESERVED_SHORT = 0x18;
  private static final int SPIN = 0x20;

  /** A 1-RTT packet of the client's with some bits of its first byte set, under its own keys. */
  private static byte[] oneRtt(Connection client, int bits, long number) {
    ConnectionId destination = client.paths.active().destination().id();
    byte[] payload = SealedPackets.payload(new PingFrame(), new PaddingFrame(20));
    byte[] datagram = new byte[1 + destination.length() + 4 + payload.length + 16];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int numberOffset = ShortHeaderWriter.write(out, destination, false, false, number, 4);
    datagram[0] |= (byte) bits;
    int start = out.position();
    out.bytes(payload);
    PacketKeys keys = client.spaces.oneRtt().forSending(number);
    keys.seal(datagram, 0, start, payload.length, number);
    keys.protectHeader(datagram, 0, numberOffset, 4);
    return datagram;
  }

  private static void assertViolation(ConnectionEnding ending) {
    assertEquals(
        TransportError.PROTOCOL_VIOLATION.code(),
        assertInstanceOf(TransportClose.class, ending).code());
  }

  /** A peer that set these bits would not get through a handshake with this side. */
  @Test
  @Requirement({"RFC9000-17.3.1#2", "RFC9000-17.3.1#3"})
  void reservedBitsOfShortHeadersAreZero() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    duo.write(duo.client, 10_000);
    duo.write(duo.server, 10_000);
    duo.runFor(200);
    duo.toServer(oneRtt(duo.client, 0, 100_000));
    assertNull(duo.server.ending());
    assertNull(duo.client.ending());
    duo.toServer(oneRtt(duo.client, RESERVED_SHORT, 100_001));
    assertViolation(duo.server.ending());
  }

  /** A server in the middle of a handshake, and a client that has keys for Handshake packets. */
  private static final class Midway {
    final Simulation sim = new Simulation(1);
    final EndpointNode clientNode =
        sim.attach(
            sim.address(1), new EndpointNode(TestPeers.endpoint(sim.random().split()), c -> {}));
    final EndpointNode serverNode =
        sim.attach(
            sim.address(2), new EndpointNode(TestPeers.endpoint(sim.random().split()), c -> {}));
    final Connection client;
    final Connection server;

    Midway() {
      sim.bothWays(sim.address(1), sim.address(2), () -> new Link().delay(ms(10)));
      serverNode.endpoint().listen(TestPeers.server(sim.random().split()));
      client =
          clientNode
              .endpoint()
              .connect(null, sim.address(2), TestPeers.client(sim.random().split()), sim.now());
      sim.at(ms(15), () -> sim.route(sim.address(1), sim.address(2), new Link().loss(1)));
      sim.runFor(ms(25));
      server = serverNode.accepted().getFirst();
    }

    void toServer(int bits, Frame... frames) {
      byte[] payload = SealedPackets.payload(frames);
      byte[] datagram = new byte[200];
      WireWriter out = new WireWriter(datagram, 0, datagram.length);
      int lengthField =
          LongHeaderWriter.begin(
              out,
              PacketType.HANDSHAKE,
              QuicVersion.V1,
              client.paths.active().destination().id(),
              client.ids.localFirst(),
              Bytes.EMPTY,
              1000,
              2);
      datagram[0] |= (byte) bits;
      int start = out.position();
      out.bytes(payload);
      int end = out.position() + PacketKeys.TAG_LENGTH;
      LongHeaderWriter.finishLength(datagram, lengthField, end);
      PacketKeys keys = client.spaces.of(EncryptionLevel.HANDSHAKE).sendKeys();
      keys.seal(datagram, 0, start, payload.length, 1000);
      keys.protectHeader(datagram, 0, start - 2, 2);
      byte[] packet = Arrays.copyOf(datagram, end);
      serverNode.receive(packet, 0, packet.length, sim.address(2), sim.address(1), 0, sim.now());
    }
  }

  @Test
  @Requirement({"RFC9000-17.2#8", "RFC9000-17.2#9"})
  void reservedBitsOfLongHeadersAreZero() {
    Midway good = new Midway();
    good.toServer(0, new PingFrame(), new PaddingFrame(20));
    assertNull(good.server.ending());
    Midway bad = new Midway();
    bad.toServer(RESERVED_LONG, new PingFrame(), new PaddingFrame(20));
    assertViolation(bad.server.ending());
  }

  @Test
  @Requirement("RFC9000-17.2.4#2")
  void handshakePacketsHoldFewKindsOfFrames() {
    for (Frame other : new Frame[] {new MaxDataFrame(1000), new PathChallengeFrame(7)}) {
      Midway midway = new Midway();
      midway.toServer(0, other, new PaddingFrame(20));
      assertViolation(midway.server.ending());
    }
    Midway midway = new Midway();
    midway.toServer(0, new CryptoFrame(500, Bytes.of(new byte[20])));
    assertNull(midway.server.ending());
  }

  @Test
  @Requirement({"RFC9000-17.4#2", "RFC9000-17.4#3", "RFC9000-17.4#4"})
  void theSpinBitDoesNotSpin() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    int[] packets = {0};
    duo.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            if (datagram.bytes()[0] >= 0) {
              packets[0]++;
              assertEquals(0, datagram.bytes()[0] & SPIN);
            }
          }
        });
    duo.write(duo.client, 100_000);
    duo.write(duo.server, 100_000);
    duo.runFor(1000);
    assertTrue(packets[0] > 150);
    // Nobody hears what is said of packets that the client has not sent.
    duo.sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    for (int i = 0; i < 20; i++) {
      duo.toServer(oneRtt(duo.client, i % 2 == 0 ? SPIN : 0, 100_000 + i));
      duo.runFor(50);
    }
    assertTrue(packets[0] > 160);
    assertNull(duo.server.ending());
  }
}
