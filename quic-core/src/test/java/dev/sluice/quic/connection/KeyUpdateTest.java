package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Watcher;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.AeadLimits;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.CipherSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long keys are used, and what follows them (RFC 9001 §6). */
class KeyUpdateTest {
  private static final int ID_LENGTH = 8;

  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  /** The phase bits of the client's packets, in the order in which they were sent. */
  private final List<Integer> phases = new ArrayList<>();

  KeyUpdateTest() {
    duo.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            if (datagram.source().equals(duo.clientAddress) && datagram.bytes()[0] >= 0) {
              byte[] packet = datagram.bytes().clone();
              duo.server.spaces.oneRtt().unprotectHeader(packet, 0, 1 + ID_LENGTH, packet.length);
              phases.add(FirstByte.keyPhase(packet[0]) ? 1 : 0);
            }
          }
        });
  }

  private void cut(boolean toServer) {
    if (toServer) {
      duo.sim.route(duo.clientAddress, duo.serverAddress, new Link().loss(1));
    } else {
      duo.sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    }
  }

  private void mend() {
    duo.sim.bothWays(duo.clientAddress, duo.serverAddress, () -> new Link().delay(ms(10)));
  }

  private void update() {
    duo.client.updateKeys();
    duo.write(duo.client, 100);
    duo.runFor(100);
  }

  /** From here on the client's packets are under keys that last only so long. */
  private void limit(AeadLimits limits) {
    duo.client.spaces.oneRtt().installSend(keys(limits));
    duo.server.spaces.oneRtt().installReceive(keys(limits));
  }

  private static PacketKeys keys(AeadLimits limits) {
    return PacketKeys.of(QuicVersion.V1, CipherSuite.TLS_AES_128_GCM_SHA256, new byte[32], limits);
  }

  /** How many packets were sent in each phase. */
  private List<Integer> runs() {
    List<Integer> runs = new ArrayList<>();
    int last = -1;
    for (int phase : phases) {
      if (phase != last) {
        runs.add(0);
        last = phase;
      }
      runs.set(runs.size() - 1, runs.getLast() + 1);
    }
    return runs;
  }

  @Test
  @Requirement("RFC9001-6.4#1")
  void laterPacketsNeverHaveOlderKeys() {
    duo.sim.bothWays(
        duo.clientAddress, duo.serverAddress, () -> new Link().delay(ms(10)).loss(0.1));
    duo.write(duo.client, 100);
    for (int i = 1; i <= 4; i++) {
      int wanted = i % 2;
      update();
      duo.write(duo.client, 20_000);
      duo.runFor(5000);
      assertEquals(wanted, duo.client.spaces.oneRtt().sendPhaseBit());
    }
    assertEquals(5, runs().size(), phases::toString);
  }

  @Test
  @Requirement("RFC9001-6.1#2")
  void anUpdateWaitsForAnAcknowledgmentInThePresentPhase() {
    cut(false);
    update();
    assertEquals(1, duo.client.spaces.oneRtt().sendPhaseBit());
    for (int i = 0; i < 10; i++) {
      update();
      assertEquals(1, duo.client.spaces.oneRtt().sendPhaseBit());
    }
    mend();
    duo.runFor(5000);
    duo.write(duo.client, 100);
    assertEquals(0, duo.client.spaces.oneRtt().sendPhaseBit());
  }

  @Test
  @Requirement("RFC9001-6.1#3")
  void oldKeysStayUntilThePeerHasFollowed() {
    cut(true);
    update();
    duo.runFor(8000);
    duo.write(duo.server, 500);
    duo.runFor(100);
    assertTrue(duo.clientLog.received().getLast().has(StreamFrame.class));
  }

  @Test
  @Requirement("RFC9001-6.3#5")
  void whatWasOvertakenByAnUpdateIsStillRead() {
    List<byte[]> overtaken = new ArrayList<>();
    duo.sim.route(
        duo.clientAddress, duo.serverAddress, new Link().drop(d -> overtaken.add(d.bytes())));
    duo.write(duo.client, 100);
    duo.runFor(1);
    mend();
    update();
    assertEquals(1, duo.server.spaces.oneRtt().sendPhaseBit());
    long newest = duo.serverLog.received().getLast().number();
    duo.toServer(overtaken.getFirst());
    assertTrue(duo.serverLog.received().getLast().number() < newest);
  }

  @Test
  @Requirement({"RFC9001-6.2#1", "RFC9001-6.2#2"})
  void thePeerFollowsBeforeItAcknowledges() {
    update();
    assertEquals(1, duo.server.spaces.oneRtt().sendPhaseBit());
    int updated = duo.serverLog.indexOf(e -> e instanceof PacketLog.Updated);
    PacketLog.Packet first =
        assertInstanceOf(PacketLog.Packet.class, duo.serverLog.entries().get(updated + 1));
    int acknowledged =
        duo.serverLog.indexOf(
            e ->
                e instanceof PacketLog.Packet p
                    && p.sent()
                    && p.frames().stream()
                        .anyMatch(
                            f -> f instanceof AckFrame a && a.ranges().contains(first.number())));
    assertTrue(!first.sent() && updated < acknowledged);
    duo.write(duo.server, 500);
    duo.runFor(100);
    assertTrue(duo.clientLog.received().getLast().has(StreamFrame.class), "under the new keys");
  }

  /** A packet that an attacker has kept back, or that a broken peer has made. */
  @Test
  @Requirement({"RFC9001-5.5#1", "RFC9001-6.4#2"})
  void anOldKeyOnANewerPacketIsNotTaken() {
    byte[] packet = duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7)));
    update();
    duo.toServer(packet);
    duo.runFor(100);
    assertEquals(0, duo.serverLog.sentFrames(PathResponseFrame.class).count());
    assertTrue(duo.serverLog.received().stream().noneMatch(p -> p.number() >= 100_000));
  }

  @Test
  @Requirement("RFC9001-5.5#2")
  void whatOnlyLooksLikeAnUpdateIsDropped() {
    byte[] packet = duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7)));
    packet[0] ^= 4;
    duo.toServer(packet);
    duo.runFor(100);
    assertEquals(0, duo.server.spaces.oneRtt().sendPhaseBit());
    assertEquals(-1, duo.serverLog.indexOf(e -> e instanceof PacketLog.Updated));
    assertEquals(0, duo.serverLog.sentFrames(PathResponseFrame.class).count());
    update();
    assertEquals(1, duo.server.spaces.oneRtt().sendPhaseBit());
  }

  /** A packet that seems to be of the next phase costs no more time than any other. */
  @Test
  @Requirement({"RFC9001-6.3#1", "RFC9001-6.3#5"})
  void theNextKeysAreMadeInAdvance() {
    OneRttKeys keys = duo.server.spaces.oneRtt();
    PacketKeys next = keys.forReceiving(1, 100_000);
    assertNotEquals(keys.forReceiving(0, 100_000), next);
    assertSame(next, keys.forReceiving(1, 100_001));
    update();
    assertSame(next, keys.forReceiving(1, 100_002));
  }

  @Test
  @Requirement({"RFC9001-6#2", "RFC9001-4.4#4"})
  void afterTheHandshakeTlsIsSilent() {
    update();
    duo.runFor(5000);
    update();
    assertEquals(0, duo.client.spaces.oneRtt().sendPhaseBit());
    for (PacketLog log : List.of(duo.clientLog, duo.serverLog)) {
      assertTrue(
          log.sent().stream()
              .noneMatch(p -> p.type() == PacketType.ONE_RTT && p.has(CryptoFrame.class)));
    }
  }

  @Test
  @Requirement("RFC9001-6#3")
  void aKeyUpdateMessageIsUnexpected() {
    Bytes keyUpdate = Bytes.of(new byte[] {24, 0, 0, 1, 0});
    duo.toServer(duo.fromClient(SealedPackets.payload(new CryptoFrame(0, keyUpdate))));
    assertEquals(0x10a, assertInstanceOf(TransportClose.class, duo.server.ending()).code());
  }

  @Test
  @Requirement({"RFC9001-6.6#1", "RFC9001-6.6#3", "RFC9001-5.3#3"})
  void aKeyIsReplacedBeforeItIsWorn() {
    limit(new AeadLimits(40, 1000));
    SendStream stream = duo.client.openUni();
    for (int i = 0; i < 200; i++) {
      stream.write(new byte[10], 0, 10);
      duo.runFor(50);
    }
    assertNull(duo.client.ending());
    assertTrue(runs().size() > 5 && runs().stream().allMatch(n -> n <= 40), () -> "" + runs());
    assertEquals(
        duo.client.spaces.oneRtt().sendPhaseBit(), duo.server.spaces.oneRtt().sendPhaseBit());
  }

  @Test
  @Requirement({"RFC9001-6.6#2", "RFC9001-6.6#4"})
  void aWornKeyIsNotUsedAnyMore() {
    limit(new AeadLimits(40, 1000));
    duo.write(duo.client, 10);
    duo.runFor(100);
    cut(false);
    SendStream stream = duo.client.openUni();
    for (int i = 0; i < 100 && duo.client.ending() == null; i++) {
      stream.write(new byte[10], 0, 10);
      duo.runFor(50);
    }
    TransportClose close = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.AEAD_LIMIT_REACHED.code(), close.code());
    assertEquals(40, runs().getLast());
    int sent = phases.size();
    byte[] packet = duo.fromServer(SealedPackets.payload(new PathChallengeFrame(7)));
    duo.runFor(5000);
    assertEquals(sent, phases.size());
    duo.toClient(packet);
    DatagramBatch out = new DatagramBatch(4, 2048);
    duo.clientNode.endpoint().send(duo.sim.now(), out);
    assertEquals(1, out.count(), "a stateless reset");
    assertTrue(out.length(0) < packet.length && out.length(0) >= 21);
  }

  @Test
  @Requirement({"RFC9001-6.6#6", "RFC9001-6.6#7"})
  void forgeriesAreCountedOverAllKeys() {
    limit(new AeadLimits(1000, 5));
    forge(3);
    update();
    forge(2);
    assertNull(duo.server.ending());
    forge(1);
    TransportClose close = assertInstanceOf(TransportClose.class, duo.server.ending());
    assertEquals(Side.LOCAL, close.by());
    assertEquals(TransportError.AEAD_LIMIT_REACHED.code(), close.code());
    int received = duo.serverLog.received().size();
    duo.toServer(duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7))));
    assertEquals(received, duo.serverLog.received().size());
  }

  private void forge(int packets) {
    for (int i = 0; i < packets; i++) {
      byte[] packet = duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7)));
      byte[] forged = Arrays.copyOf(packet, packet.length);
      forged[forged.length - 1] ^= 1;
      duo.toServer(forged);
    }
  }
}
