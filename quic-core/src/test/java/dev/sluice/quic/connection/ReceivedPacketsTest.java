package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.EncryptionLevel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that are malformed, doubled, too early or of the wrong kind (RFC 9000 §12, §17). */
class ReceivedPacketsTest {
  private static final byte[] PING = SealedPackets.payload(new PingFrame(), new PaddingFrame(20));
  private static final int LONG_RESERVED = 0x0c;
  private static final int SHORT_RESERVED = 0x18;

  private final List<String> dropped = new ArrayList<>();
  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  private void assertViolation() {
    ConnectionEnding.TransportClose close =
        assertInstanceOf(ConnectionEnding.TransportClose.class, duo.client.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
    // It says so to its peer, which is able to read it (§10.3).
    duo.runFor(100);
    assertEquals(
        TransportError.PROTOCOL_VIOLATION.code(),
        assertInstanceOf(ConnectionEnding.TransportClose.class, duo.server.ending()).code());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x08, 0x10, SHORT_RESERVED})
  @Requirement({"RFC9000-17.3.1#3", "RFC9000-10.3#2"})
  void reservedBitsOfAShortHeader(int bits) {
    duo.toClient(SealedPackets.oneRtt(duo.server, PING, 90_000, bits));
    assertViolation();
  }

  @Test
  @Requirement("RFC9000-12.4#2")
  void aPacketWithoutFrames() {
    duo.toClient(SealedPackets.oneRtt(duo.server, new byte[0], 90_000));
    assertViolation();
  }

  @Test
  @Requirement("RFC9000-10.3#7")
  void datagramsThatAreTooSmall() {
    for (int length = 1; length < 25; length++) {
      byte[] datagram = Arrays.copyOf(duo.fromServer(PING), length);
      duo.toClient(datagram);
    }
    assertTrue(duo.client.closing.isOpen());
  }

  @Test
  @Requirement("RFC9000-10.3#9")
  void aResetThatLooksLikeAnyPacket() {
    byte[] token = new byte[16];
    Arrays.fill(token, (byte) 7);
    duo.toClient(duo.fromServer(SealedPackets.payload(SealedPackets.idWithResetToken(token))));
    duo.runFor(100);
    // A long header of a version that nobody here knows, addressed to the client's ID.
    byte[] datagram = new byte[60];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    out.u8(0x80).u32(0x1a2a3a4a).u8(duo.client.ids.localFirst().length());
    duo.client.ids.localFirst().writeTo(out);
    out.u8(0);
    System.arraycopy(token, 0, datagram, 44, 16);
    byte[] almost = datagram.clone();
    almost[59] ^= 1;
    duo.toClient(almost);
    assertTrue(duo.client.closing.isOpen());
    duo.toClient(datagram);
    assertInstanceOf(ConnectionEnding.StatelessReset.class, duo.client.ending());
  }

  @Test
  @Requirement({"RFC9000-12.3#4", "RFC9000-12.3#5"})
  void whatIsNotAuthenticIsNoDuplicate() {
    byte[] packet = SealedPackets.oneRtt(duo.server, PING, 90_000);
    byte[] forged = packet.clone();
    forged[forged.length - 1] ^= 1;
    long received = duo.client.stats().packetsReceived();
    duo.toClient(forged.clone());
    assertEquals(received, duo.client.stats().packetsReceived());
    duo.toClient(packet.clone());
    assertEquals(received + 1, duo.client.stats().packetsReceived());
    long largest = duo.client.spaces.of(PacketNumberSpace.APPLICATION).acks().largestReceived();
    assertEquals(90_000, largest);
    duo.toClient(packet.clone());
    assertEquals(received + 1, duo.client.stats().packetsReceived());
  }

  @Test
  @Requirement("RFC9000-18.2#1")
  void aClientDoesNotSayWhereItWroteFirst() {
    TransportParameters said = duo.server.handshake.peer();
    assertNull(said.originalDestinationConnectionId());
    assertNull(said.statelessResetToken());
    assertNull(said.preferredAddress());
    assertNull(said.retrySourceConnectionId());
  }

  // ---- during the handshake ----

  /** A client that has Handshake keys, and no more. */
  private static final class Half {
    final Simulation sim = new Simulation(1);
    final InetSocketAddress clientAddress = sim.address(1);
    final InetSocketAddress serverAddress = sim.address(2);
    final Connection client;
    final Connection server;

    Half() {
      SplittableRandom random = sim.random();
      EndpointNode clientNode = sim.attach(clientAddress, node(random));
      EndpointNode serverNode = sim.attach(serverAddress, node(random));
      sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
      serverNode.endpoint().listen(TestPeers.server(random.split()));
      client =
          clientNode
              .endpoint()
              .connect(null, serverAddress, TestPeers.client(random.split()), sim.now());
      sim.run(
          Duration.ofSeconds(5),
          () -> client.spaces.of(EncryptionLevel.HANDSHAKE).sendKeys() != null);
      server = serverNode.accepted().getFirst();
    }

    private static EndpointNode node(SplittableRandom random) {
      return new EndpointNode(
          TestPeers.endpoint(random.split()),
          c -> {
            while (c.nextEvent() != null) {
              // Nobody is interested.
            }
          });
    }

    void toClient(byte[] datagram) {
      client.receive(datagram, 0, datagram.length, clientAddress, serverAddress, 0, sim.now());
    }

    long violation() {
      return assertInstanceOf(ConnectionEnding.TransportClose.class, client.ending()).code();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x04, 0x08, LONG_RESERVED})
  @Requirement("RFC9000-17.2#9")
  void reservedBitsOfALongHeader(int bits) {
    Half half = new Half();
    half.toClient(SealedPackets.handshake(half.server, QuicVersion.V1, 77, PING, bits));
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), half.violation());
  }

  @Test
  @Requirement("RFC9000-17.2.4#2")
  void framesThatDoNotBelongIntoAHandshakePacket() {
    for (byte[] payload :
        List.of(
            SealedPackets.payload(new MaxDataFrame(1), new PaddingFrame(20)),
            SealedPackets.payload(new HandshakeDoneFrame(), new PaddingFrame(20)))) {
      Half half = new Half();
      half.toClient(SealedPackets.handshake(half.server, QuicVersion.V1, 77, payload, 0));
      assertEquals(TransportError.PROTOCOL_VIOLATION.code(), half.violation());
    }
  }

  /** §12.2: each packet of a datagram stands for itself. */
  @Test
  @Requirement("RFC9000-12.2#6")
  void aBrokenPacketDoesNotSpoilTheNextOne() {
    Half half = new Half();
    byte[] broken = SealedPackets.handshake(half.server, QuicVersion.V1, 77);
    broken[broken.length - 1] ^= 1;
    byte[] good = SealedPackets.handshake(half.server, QuicVersion.V1, 78);
    byte[] datagram = Arrays.copyOf(broken, broken.length + good.length);
    System.arraycopy(good, 0, datagram, broken.length, good.length);
    half.toClient(datagram);
    assertTrue(half.client.closing.isOpen());
    assertEquals(78, half.client.spaces.of(EncryptionLevel.HANDSHAKE).acks().largestReceived());
  }

  /** What asks for it now and then counts, unlike what only acknowledges. */
  @Test
  @Requirement("RFC9002-7#3")
  void anAcknowledgmentOfAcksIsAskedForWithinTheWindow() {
    Simulation sim = new Simulation(1);
    Duo cut =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(10)));
    sim.route(cut.clientAddress, cut.serverAddress, new Link().cut());
    cut.write(cut.client, 1_000_000);
    PathRecovery path = cut.client.recovery.path();
    while (path.bytesInFlight() + path.maxDatagramSize() <= path.congestion().window()) {
      cut.runFor(1);
    }
    assertEquals(0, cut.client.recovery.ptoCount());
    for (int i = 0; i < 5000; i++) {
      cut.toClient(cut.fromServer(PING));
      cut.runFor(0);
    }
    assertTrue(path.bytesInFlight() <= path.congestion().window(), path.bytesInFlight() + " bytes");
  }

  @Test
  @Requirement("RFC9002-7.5#1")
  void aProbeLeavesThoughTheWindowIsFull() {
    duo.sim.route(duo.clientAddress, duo.serverAddress, new Link().loss(1));
    duo.write(duo.client, 100_000);
    duo.runFor(40);
    assertFalse(duo.client.recovery.path().hasRoom());
    int before = duo.clientLog.sent().size();
    duo.runFor(500);
    assertTrue(duo.clientLog.sent().size() > before);
  }

  @Test
  @Requirement("RFC9001-5.6#6")
  void aClientDoesNotReadEarlyPackets() {
    Half half = new Half();
    byte[] datagram = new byte[200];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.ZERO_RTT,
            QuicVersion.V1,
            half.client.ids.localFirst(),
            half.server.ids.localFirst(),
            Bytes.EMPTY,
            0,
            2);
    LongHeaderWriter.finishLength(datagram, lengthField, datagram.length);
    long before = half.client.stats().datagramsDropped();
    half.toClient(datagram);
    assertEquals(before + 1, half.client.stats().datagramsDropped());
    assertTrue(half.client.closing.isOpen());
  }

  /** A tracer that sees 1-RTT packets only where there is nothing left of the handshake. */
  private Supplier<Tracer> patience(List<Connection> all, boolean[] early) {
    return () ->
        new Tracer() {
          @Override
          public boolean isEnabled() {
            return true;
          }

          @Override
          public void on(long now, TraceEvent event) {
            if (event instanceof TraceEvent.PacketReceived received
                && received.type() == PacketType.ONE_RTT) {
              early[0] |= all.stream().allMatch(c -> c.tls() == null);
            }
            if (event instanceof TraceEvent.PacketDropped drop) {
              dropped.add(drop.reason());
            }
          }
        };
  }

  /** Each side's 1-RTT packets overtake the end of its handshake. */
  @Test
  @Requirement({"RFC9001-5.7#1", "RFC9001-5.7#2", "RFC9001-5.7#5"})
  void oneRttPacketsWaitForTheHandshake() {
    boolean[] early = {false};
    Simulation.seeds(
        60,
        sim -> {
          SplittableRandom random = sim.random();
          List<Connection> ofClient = new ArrayList<>();
          List<Connection> ofServer = new ArrayList<>();
          EndpointNode client = sim.attach(sim.address(1), talker(random, ofClient));
          EndpointNode server = sim.attach(sim.address(2), talker(random, ofServer));
          sim.bothWays(
              sim.address(1),
              sim.address(2),
              () -> new Link().delay(Simulation.ms(10)).reorder(0.5, Simulation.ms(60)).loss(0.1));
          server
              .endpoint()
              .listen(TestPeers.server(random.split()).withTracer(patience(ofServer, early)));
          Connection connection =
              client
                  .endpoint()
                  .connect(
                      null,
                      sim.address(2),
                      TestPeers.client(random.split()).withTracer(patience(ofClient, early)),
                      sim.now());
          ofClient.add(connection);
          sim.run(Duration.ofSeconds(30), connection.handshake::isConfirmed);
          sim.runFor(Duration.ofSeconds(2));
          assertFalse(early[0], "a 1-RTT packet was processed before the handshake was complete");
        });
  }

  /** Says something on a stream as soon as it may. */
  private static EndpointNode talker(SplittableRandom random, List<Connection> all) {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        c -> {
          if (!all.contains(c)) {
            all.add(c);
          }
          while (c.nextEvent() != null) {
            // Whatever happens.
          }
          SendStream stream = c.openUni();
          if (stream != null && stream.id() < 8) {
            stream.write(new byte[100], 0, 100);
            stream.finish();
          }
        });
  }

  /** The latency spin bit is not used here, so it says nothing of the round trip (§17.4). */
  @Test
  @Requirement({"RFC9000-17.4#2", "RFC9000-17.4#3", "RFC9000-17.4#4"})
  void theSpinBitDoesNotSpin() {
    Simulation sim = new Simulation(2);
    int[] seen = new int[2];
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            byte first = datagram.bytes()[0];
            if (!FirstByte.isLong(first)) {
              seen[FirstByte.spin(first) ? 1 : 0]++;
            }
          }
        });
    Duo busy =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(10)));
    for (int i = 0; i < 20; i++) {
      SendStream stream = busy.client.openUni();
      stream.write(new byte[100], 0, 100);
      busy.runFor(50);
    }
    assertTrue(seen[0] > 20);
    assertEquals(0, seen[1]);
  }
}
