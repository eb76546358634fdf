package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.crypto.RetryIntegrity;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryPacket;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client whose server is played by hand: what it does with Retry and with first packets. */
class RetryTest {
  private static final int ID_LENGTH = 8;
  private static final ConnectionId CHOSEN = ConnectionId.of(new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
  private static final ConnectionId OTHER = ConnectionId.of(new byte[] {7, 7, 7, 7});
  private static final Bytes TOKEN = Bytes.of(new byte[] {1, 2, 3});

  private final Simulation sim = new Simulation(1);
  private final InetSocketAddress here = sim.address(1);
  private final InetSocketAddress server = sim.address(2);
  private final PacketLog log = new PacketLog();
  private final List<byte[]> sent = new ArrayList<>();
  private final EndpointNode node =
      sim.attach(here, new EndpointNode(TestPeers.endpoint(sim.random()), c -> {}));
  private final Connection client;
  private final LongHeader first;

  RetryTest() {
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            sent.add(datagram.bytes());
          }
        });
    sim.route(here, server, new Link().loss(1));
    client =
        node.endpoint()
            .connect(
                null,
                server,
                TestPeers.client(sim.random())
                    .withTransport(
                        TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofMinutes(1)))
                    .withTracer(() -> log),
                sim.now());
    run(1);
    first = initial(sent.getFirst());
  }

  private static LongHeader initial(byte[] datagram) {
    return (LongHeader) PacketParser.parse(datagram, 0, datagram.length, ID_LENGTH);
  }

  private void run(long millis) {
    node.endpoint().touch(client);
    sim.runFor(ms(millis));
  }

  private void deliver(byte[] datagram) {
    node.receive(datagram, 0, datagram.length, here, server, 0, sim.now());
    run(1);
  }

  private byte[] retry(ConnectionId chosen, Bytes token, int unused) {
    int length = RetryPacket.length(first.source(), chosen, token);
    WireWriter out = new WireWriter(new byte[length], 0, length);
    RetryPacket.write(out, QuicVersion.V1, first.source(), chosen, token, unused);
    out.bytes(
        RetryIntegrity.tag(QuicVersion.V1, first.destination(), out.buffer(), 0, out.position()));
    return out.buffer();
  }

  /** What a server acknowledges the first packet with, and no more. */
  private byte[] acknowledgment(ConnectionId source, Bytes token, long number) {
    return acknowledgment(source, token, number, first());
  }

  private long first() {
    return log.sent().getFirst().number();
  }

  private byte[] acknowledgment(ConnectionId source, Bytes token, long number, long acked) {
    Frame ack = new AckFrame(acked, 0, AckRanges.of(acked, acked), null);
    byte[] payload = SealedPackets.payload(ack);
    byte[] datagram = new byte[100];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out, PacketType.INITIAL, QuicVersion.V1, first.source(), source, token, number, 2);
    int start = out.position();
    out.bytes(payload);
    LongHeaderWriter.finishLength(
        datagram, lengthField, start + payload.length + PacketKeys.TAG_LENGTH);
    PacketKeys keys = InitialKeys.server(QuicVersion.V1, first.destination());
    keys.seal(datagram, 0, start, payload.length, number);
    keys.protectHeader(datagram, 0, start - 2, 2);
    return Arrays.copyOf(datagram, start + payload.length + PacketKeys.TAG_LENGTH);
  }

  @Test
  @Requirement({
    "RFC9000-17.2.5.1#3",
    "RFC9000-17.2.5.2#5",
    "RFC9000-17.2.5.3#1",
    "RFC9000-17.2.5.3#4",
    "RFC9000-8.1.2#1",
    "RFC9000-8.1.3#12"
  })
  void theFirstFlightGoesOnceMoreWithTheTokenToTheChosenId() {
    int before = sent.size();
    int packets = log.sent().size();
    long largest = log.sent().stream().mapToLong(PacketLog.Packet::number).max().orElseThrow();
    byte[] hello = crypto(0, packets);
    deliver(retry(CHOSEN, TOKEN, 0));
    run(3000);
    assertTrue(sent.size() > before + 1);
    for (byte[] datagram : sent.subList(before, sent.size())) {
      LongHeader again = initial(datagram);
      assertEquals(CHOSEN, again.destination());
      assertEquals(first.source(), again.source());
      assertEquals(TOKEN, again.token());
    }
    assertArrayEquals(hello, crypto(packets, log.sent().size()));
    assertTrue(log.sent().stream().skip(packets).allMatch(p -> p.number() > largest));
  }

  /** The bytes of the CRYPTO frames in some of the packets that were sent. */
  private byte[] crypto(int from, int to) {
    byte[] bytes = new byte[4096];
    int end = 0;
    for (PacketLog.Packet packet : log.sent().subList(from, to)) {
      for (Frame frame : packet.frames()) {
        if (frame instanceof CryptoFrame f) {
          byte[] data = f.data().toArray();
          System.arraycopy(data, 0, bytes, (int) f.offset(), data.length);
          end = Math.max(end, (int) f.offset() + data.length);
        }
      }
    }
    assertTrue(end > 100);
    return Arrays.copyOf(bytes, end);
  }

  @Test
  @Requirement("RFC9000-17.2.5#1")
  void theUnusedBitsMeanNothing() {
    for (int unused = 0; unused < 16; unused++) {
      RetryTest fresh = new RetryTest();
      fresh.deliver(fresh.retry(CHOSEN, TOKEN, unused));
      assertEquals(CHOSEN, fresh.client.ids.retrySource());
    }
  }

  @Test
  @Requirement("RFC9000-17.2.5.1#2")
  void aRetryToTheSameIdIsDropped() {
    deliver(retry(first.destination(), TOKEN, 0));
    assertNull(client.ids.retrySource());
    assertNull(client.ending());
  }

  @Test
  @Requirement("RFC9000-17.2.5.2#3")
  void aRetryThatWasTamperedWithIsDropped() {
    byte[] tampered = retry(CHOSEN, TOKEN, 0);
    tampered[tampered.length - PacketParser.RETRY_TAG_LENGTH - 1] ^= 1;
    deliver(tampered);
    assertNull(client.ids.retrySource());
    deliver(retry(CHOSEN, TOKEN, 0));
    assertEquals(CHOSEN, client.ids.retrySource());
  }

  @Test
  @Requirement({"RFC9000-17.2.5.2#1", "RFC9000-17.2.5.2#2"})
  void onlyTheFirstRetryCounts() {
    deliver(retry(CHOSEN, TOKEN, 0));
    deliver(retry(OTHER, Bytes.of(new byte[] {4}), 0));
    assertEquals(CHOSEN, client.ids.retrySource());
    assertEquals(CHOSEN, client.paths.active().destination().id());
  }

  @Test
  @Requirement("RFC9000-17.2.5.2#2")
  void afterAnInitialARetryIsDropped() {
    deliver(acknowledgment(CHOSEN, Bytes.EMPTY, 0));
    assertEquals(CHOSEN, client.ids.peerFirst());
    deliver(retry(OTHER, TOKEN, 0));
    assertNull(client.ids.retrySource());
    assertEquals(CHOSEN, client.paths.active().destination().id());
  }

  @Test
  @Requirement("RFC9000-7.2#3")
  void packetsWithAnotherSourceThanTheFirstAreDropped() {
    deliver(acknowledgment(CHOSEN, Bytes.EMPTY, 0));
    int received = log.received().size();
    deliver(acknowledgment(OTHER, Bytes.EMPTY, 1));
    assertEquals(received, log.received().size());
    deliver(acknowledgment(CHOSEN, Bytes.EMPTY, 2));
    assertEquals(received + 1, log.received().size());
  }

  @Test
  @Requirement("RFC9000-17.2.2#1")
  void anInitialOfAServerHasNoToken() {
    deliver(acknowledgment(CHOSEN, TOKEN, 0));
    assertTrue(log.received().isEmpty());
    assertNull(client.ids.peerFirst());
    deliver(acknowledgment(CHOSEN, Bytes.EMPTY, 1));
    assertFalse(log.received().isEmpty());
  }

  @Test
  @Requirement("RFC9000-5.2.1#2")
  void packetsOfAnotherVersionAreDropped() {
    byte[] other = acknowledgment(CHOSEN, Bytes.EMPTY, 0);
    other[1] = 0x1a;
    deliver(other);
    assertTrue(log.received().isEmpty());
    assertNull(client.ids.peerFirst());
    assertNull(client.ending());
  }

  /** A server may be waiting for more bytes before it may send more. */
  @Test
  @Requirement({"RFC9000-8.1#5", "RFC9000-8.1#6", "RFC9002-6.2.4#3"})
  void aClientWithNothingInFlightProbesAllTheSame() {
    long number = 0;
    for (PacketLog.Packet packet : log.sent()) {
      deliver(acknowledgment(CHOSEN, Bytes.EMPTY, number++, packet.number()));
    }
    assertEquals(0, client.recovery.path().bytesInFlight());
    int before = sent.size();
    int packets = log.sent().size();
    run(10_000);
    assertTrue(sent.size() > before + 2);
    for (byte[] datagram : sent.subList(before, sent.size())) {
      assertEquals(PacketType.INITIAL, initial(datagram).type());
      assertTrue(datagram.length >= 1200);
    }
    assertTrue(log.sent().stream().skip(packets).allMatch(PacketLog.Packet::elicitsAck));
  }
}
