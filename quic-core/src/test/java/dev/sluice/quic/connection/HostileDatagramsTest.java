package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Datagrams that no honest peer sends, to a live client and a live server. */
class HostileDatagramsTest {
  private static final int DATAGRAMS = 100_000;

  private final Simulation sim = new Simulation(7);
  private final Bounds bounds = new Bounds();
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);
  private final List<byte[]> recorded = new ArrayList<>();
  private final Transfer transfer = new Transfer(50_000);
  private boolean transferring;
  private final EndpointNode client = node();
  private final EndpointNode server = node();

  private EndpointNode node() {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        c -> {
          if (transferring) {
            transfer.onEvents(c);
          } else {
            readAll(c);
          }
          assertNoDefect(c);
        });
  }

  /** An application that takes whatever comes and sends nothing. */
  private static void readAll(Connection connection) {
    byte[] sink = new byte[4096];
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.Readable(RecvStream stream)) {
        while (stream.read(sink, 0, sink.length) > 0) {
          continue;
        }
      }
    }
  }

  /** Connects, with every datagram of both directions on record. */
  private Connection connect() {
    sim.attach(clientAddress, client);
    sim.attach(serverAddress, server);
    sim.bothWays(
        clientAddress,
        serverAddress,
        () -> new Link().delay(Simulation.ms(1)).drop(d -> !recorded.add(d.bytes().clone())));
    server
        .endpoint()
        .listen(
            TestPeers.server(random.split())
                .withTransport(
                    TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofSeconds(2))));
    return connectAgain();
  }

  private Connection connectAgain() {
    return client
        .endpoint()
        .connect(
            null,
            serverAddress,
            TestPeers.client(random.split())
                .withTransport(TransportConfig.DEFAULTS.withKeepAlive(Duration.ofSeconds(10))),
            sim.now());
  }

  @Test
  @Requirement("RFC9000-14#4")
  void randomAndMutatedDatagramsChangeNothing() {
    Connection connection = connect();
    sim.run(Duration.ofSeconds(5), () -> connection.tls() != null);
    Connection accepted = server.accepted().getFirst();
    for (int i = 0; i < DATAGRAMS; i++) {
      byte[] hostile = hostile();
      EndpointNode target = random.nextBoolean() ? client : server;
      InetSocketAddress from =
          target == client ? serverAddress : random.nextInt(4) == 0 ? somewhere() : clientAddress;
      target.receive(
          hostile,
          0,
          hostile.length,
          target == client ? clientAddress : serverAddress,
          from,
          random.nextInt(4),
          sim.now());
      bounds.check(target.endpoint());
      if (i % 500 == 0) {
        sim.runFor(Duration.ofMillis(5));
      }
    }
    assertNull(connection.ending());
    assertNull(accepted.ending());
    sim.runFor(Duration.ofMinutes(1));
    assertEquals(1, server.endpoint().connections().size());
    transferring = true;
    Connection next = connectAgain();
    sim.run(Duration.ofSeconds(30), () -> next.ending() != null);
    assertEquals(2, transfer.finished());
  }

  /** Whoever sees a client's first datagram can seal Initials for it. */
  @Test
  void anyFramesInAnInitialEndWithTheRightError() {
    connect();
    for (int i = 0; i < 2_000; i++) {
      byte[] id = new byte[8];
      random.nextBytes(id);
      byte[] datagram = initial(ConnectionId.of(id), somePayload());
      server.receive(datagram, 0, datagram.length, serverAddress, somewhere(), 0, sim.now());
      if (i % 100 == 0) {
        bounds.check(server.endpoint());
      }
    }
    sim.runFor(Duration.ofMinutes(2));
    server.accepted().forEach(HostileDatagramsTest::assertNoDefect);
    assertTrue(server.endpoint().connections().size() <= 1);
  }

  /** A peer with the right keys may send anything at all. */
  @Test
  @Requirement({"RFC9000-12.4#3", "RFC9000-12.4#4"})
  void anyFramesUnderValidKeysEndWithTheRightError() {
    sim.attach(clientAddress, client);
    sim.attach(serverAddress, server);
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(1)));
    server.endpoint().listen(TestPeers.server(random.split()));
    for (int round = 0; round < 300; round++) {
      Connection connection = connectAgain();
      sim.run(Duration.ofSeconds(30), () -> connection.handshake.isConfirmed());
      Connection accepted = server.accepted().getLast();
      long number = 10_000;
      for (int i = 0; i < 40 && accepted.ending() == null; i++) {
        byte[] datagram = SealedPackets.oneRtt(connection, somePayload(), number++);
        server.receive(datagram, 0, datagram.length, serverAddress, clientAddress, 0, sim.now());
        bounds.check(server.endpoint());
      }
      assertNoDefect(accepted);
      connection.close(0, "");
      client.endpoint().touch(connection);
      sim.runFor(Duration.ofMillis(20));
    }
  }

  private static void assertNoDefect(Connection connection) {
    if (connection.ending() instanceof TransportClose close && close.by() == Side.LOCAL) {
      assertNotEquals(
          TransportError.INTERNAL_ERROR.code(), close.code(), () -> "defect: " + close.reason());
    }
  }

  private InetSocketAddress somewhere() {
    return sim.address(100 + random.nextInt(50));
  }

  private byte[] hostile() {
    byte[] base = recorded.get(random.nextInt(recorded.size())).clone();
    switch (random.nextInt(5)) {
      case 0 -> {
        base = new byte[random.nextInt(1500)];
        random.nextBytes(base);
      }
      case 1 -> base = Arrays.copyOf(base, random.nextInt(base.length + 1));
      case 2 -> {
        byte[] more = recorded.get(random.nextInt(recorded.size()));
        base = Arrays.copyOf(base, Math.min(1500, base.length + random.nextInt(200)));
        System.arraycopy(more, 0, base, 0, Math.min(more.length, random.nextInt(base.length)));
      }
      default -> {
        for (int flips = random.nextInt(1, 8); flips > 0; flips--) {
          // Headers are where the parsing is.
          int reach = random.nextBoolean() ? Math.min(40, base.length) : base.length;
          base[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return base;
  }

  /** Frames of every type with fields of every size, cut anywhere. */
  private byte[] somePayload() {
    byte[] payload = new byte[random.nextInt(1, 1100)];
    random.nextBytes(payload);
    int at = 0;
    while (at < payload.length) {
      payload[at++] = (byte) random.nextInt(0x34);
      for (int fields = random.nextInt(5); fields > 0 && at < payload.length; fields--) {
        payload[at++] = (byte) random.nextInt(random.nextInt(10) == 0 ? 256 : 64);
      }
      at += random.nextInt(8) == 0 ? random.nextInt(30) : 0;
    }
    return payload;
  }

  private static byte[] initial(ConnectionId destination, byte[] payload) {
    PacketKeys keys = InitialKeys.client(QuicVersion.V1, destination);
    byte[] datagram = new byte[1200];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.INITIAL,
            QuicVersion.V1,
            destination,
            ConnectionId.of(new byte[] {1, 2, 3, 4}),
            Bytes.EMPTY,
            0,
            2);
    int start = out.position();
    out.bytes(payload, 0, Math.min(payload.length, 1200 - start - 16));
    LongHeaderWriter.finishLength(datagram, lengthField, 1200);
    keys.seal(datagram, 0, start, 1200 - 16 - start, 0);
    keys.protectHeader(datagram, 0, start - 2, 2);
    return datagram;
  }
}
