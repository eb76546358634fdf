package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A server turns the client's first flight into one of another version (RFC 9368, RFC 9369 §4). */
class CompatibleVersionsTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;

  /** The header of one packet on the wire. */
  private record Seen(boolean fromClient, PacketType type, QuicVersion version) {}

  /** A client and a server on a network, and every long header that passes between them. */
  private static final class Pair {
    final Simulation sim;
    final SplittableRandom random;
    final InetSocketAddress clientAddress;
    final InetSocketAddress serverAddress;
    final List<Seen> seen = new ArrayList<>();
    final List<SessionTicket> tickets = new ArrayList<>();
    final EndpointNode clientNode;
    final EndpointNode serverNode;
    ClientConfig client;
    ServerConfig server;

    Pair(Simulation sim) {
      this.sim = sim;
      random = sim.random();
      clientAddress = sim.address(1);
      serverAddress = sim.address(2);
      clientNode = sim.attach(clientAddress, node());
      serverNode = sim.attach(serverAddress, node());
      client = TestPeers.client(random.split());
      server = TestPeers.server(random.split());
      sim.watch(
          new Watcher() {
            @Override
            public void sent(long now, Datagram datagram) {
              note(datagram);
            }
          });
    }

    private EndpointNode node() {
      return new EndpointNode(
          TestPeers.endpoint(random.split()),
          c -> {
            for (QuicEvent e = c.nextEvent(); e != null; e = c.nextEvent()) {
              if (e instanceof QuicEvent.NewSessionTicket(SessionTicket ticket)) {
                tickets.add(ticket);
              }
            }
          });
    }

    private void note(Datagram datagram) {
      byte[] bytes = datagram.bytes();
      boolean fromClient = datagram.source().equals(clientAddress);
      PacketHeader header = PacketParser.parse(bytes, 0, bytes.length, 8, true);
      while (header instanceof LongHeader packet) {
        seen.add(new Seen(fromClient, packet.type(), packet.version()));
        header = PacketParser.parse(bytes, packet.end(), bytes.length, 8, true);
      }
      if (header instanceof RetryHeader retry) {
        seen.add(new Seen(fromClient, PacketType.RETRY, retry.version()));
      }
    }

    Pair versions(Versions ofClient, Versions ofServer) {
      client = client.withTransport(client.transport().withVersions(ofClient));
      server = server.withTransport(server.transport().withVersions(ofServer));
      return this;
    }

    Connection connect(Link toServer, Link toClient) {
      sim.route(clientAddress, serverAddress, toServer);
      sim.route(serverAddress, clientAddress, toClient);
      serverNode.endpoint().listen(server);
      return clientNode.endpoint().connect(null, serverAddress, client, sim.now(clientAddress));
    }

    Connection connect() {
      return connect(link(), link());
    }

    void confirm(Connection connection) {
      sim.run(Duration.ofSeconds(60), connection.handshake::isConfirmed);
    }

    Connection accepted() {
      return serverNode.accepted().getLast();
    }

    List<QuicVersion> versions(boolean fromClient, PacketType type) {
      return seen.stream()
          .filter(s -> s.fromClient == fromClient && s.type == type)
          .map(Seen::version)
          .distinct()
          .toList();
    }
  }

  private static Link link() {
    return new Link().delay(Simulation.ms(10));
  }

  private static Pair upgrading(long seed) {
    return new Pair(new Simulation(seed)).versions(Versions.of(V2, V1), Versions.of(V2, V1));
  }

  @Test
  @Requirement({
    "RFC9369-4.1#5",
    "RFC9369-4.1#6",
    "RFC9369-4.1#8",
    "RFC9369-4#3",
    "RFC9368-2.3#1",
    "RFC9368-2.3#3",
    "RFC9368-3#1",
    "RFC9368-2#1"
  })
  void theServerTurnsVersion1Into2() {
    Pair pair = upgrading(1);
    Connection client = pair.connect();
    pair.confirm(client);
    assertSame(V1, client.versions.original());
    assertSame(V2, client.versions.current());
    assertSame(V2, pair.accepted().versions.current());
    assertEquals(V2.number(), client.stats().version());
    // Each has the other's word for it, under the handshake's protection.
    assertEquals(V2, client.handshake.peer().versionInformation().chosenVersion());
    assertEquals(V1, pair.accepted().handshake.peer().versionInformation().chosenVersion());
    // The client begins in version 1, and goes on in version 2 once it has seen it.
    assertEquals(List.of(V1, V2), pair.versions(true, PacketType.INITIAL));
    assertSame(V2, pair.versions(false, PacketType.INITIAL).getLast());
    assertEquals(List.of(V2), pair.versions(true, PacketType.HANDSHAKE));
    assertEquals(List.of(V2), pair.versions(false, PacketType.HANDSHAKE));
  }

  /** What a server makes of a client's wishes: its own, or the client's, or what is left. */
  @Test
  @Requirement({"RFC9368-3#2", "RFC9368-3#3", "RFC9368-2.3#1"})
  void whoDecides() {
    Versions both = Versions.of(V1, V2);
    Versions better2 = Versions.of(V2, V1);
    Versions only1 = Versions.of(V1);
    Versions only2 = Versions.of(V2);
    check(both, V1, Versions.DEFAULT, V1);
    check(better2, V1, Versions.DEFAULT, V2);
    check(better2, V2, Versions.DEFAULT, V2);
    check(both, V2, Versions.DEFAULT, V1);
    check(both, V1, better2, V2);
    check(better2, V2, both, V1);
    check(only1, V1, better2, V1);
    check(only2, V2, both, V2);
    check(both, V1, only1, V1);
    check(better2, V2, only2, V2);
  }

  private static void check(
      Versions ofClient, QuicVersion original, Versions ofServer, QuicVersion expected) {
    Pair pair = new Pair(new Simulation(7)).versions(ofClient.withOriginal(original), ofServer);
    Connection client = pair.connect();
    pair.confirm(client);
    assertSame(original, client.versions.original());
    assertSame(expected, client.versions.current(), ofClient + " with " + ofServer);
    assertSame(expected, pair.accepted().versions.current());
    assertEquals(List.of(expected), pair.versions(false, PacketType.HANDSHAKE));
  }

  @Test
  @Requirement({"RFC9369-4.1#1", "RFC9369-4.1#2", "RFC9369-4.1#4", "RFC9368-7.1#1"})
  void aRetryIsOfTheOriginalVersion() {
    Pair pair = upgrading(2);
    pair.server = pair.server.withRetry(true);
    Connection client = pair.connect();
    pair.confirm(client);
    assertEquals(List.of(V1), pair.versions(false, PacketType.RETRY));
    assertNotNull(client.ids.retrySource());
    assertEquals(client.ids.retrySource(), client.handshake.peer().retrySourceConnectionId());
    assertSame(V2, client.versions.current());
    int retry = pair.seen.indexOf(new Seen(false, PacketType.RETRY, V1));
    Seen next =
        pair.seen.stream().skip(retry + 1).filter(Seen::fromClient).findFirst().orElseThrow();
    assertEquals(new Seen(true, PacketType.INITIAL, V1), next);
  }

  /** A HelloRetryRequest is the first that the server says, and it says it in the new version. */
  @Test
  @Requirement("RFC9369-4.1#5")
  void aHelloRetryRequestIsOfTheNegotiatedVersion() {
    Pair pair = upgrading(3);
    pair.client =
        new ClientConfig(
            pair.client.tls().toBuilder()
                .groups(NamedGroup.X25519, NamedGroup.SECP256R1)
                .keyShares(NamedGroup.X25519)
                .build(),
            pair.client.transport(),
            null,
            pair.client.tracer());
    pair.server =
        pair.server.withTls(pair.server.tls().toBuilder().groups(NamedGroup.SECP256R1).build());
    Connection client = pair.connect();
    pair.confirm(client);
    assertSame(V2, client.versions.current());
    assertEquals(List.of(V2), pair.versions(false, PacketType.INITIAL));
  }

  /** The client asks again in version 1 when all that the server said is lost. */
  @Test
  @Requirement("RFC9369-4.1#7")
  void whatComesLateInTheOriginalVersionIsStillOpened() {
    Pair pair = upgrading(4);
    Link toClient = link().cut();
    Connection client = pair.connect(link(), toClient);
    pair.sim.run(Duration.ofSeconds(10), () -> client.stats().ptoCount() >= 2);
    pair.sim.runFor(Duration.ofMillis(50));
    Connection server = pair.accepted();
    assertSame(V2, server.versions.current());
    assertEquals(List.of(V1), pair.versions(true, PacketType.INITIAL));
    assertEquals(0, server.stats().datagramsDropped());
    toClient.mend();
    pair.confirm(client);
    assertSame(V2, client.versions.current());
  }

  @Test
  void anyLossLeadsToTheSameVersion() {
    Simulation.seeds(
        60,
        sim -> {
          Pair pair = new Pair(sim).versions(Versions.of(V2, V1), Versions.of(V2, V1));
          pair.client =
              pair.client.withTransport(
                  pair.client.transport().withHandshakeTimeout(Duration.ofMinutes(2)));
          pair.server =
              pair.server
                  .withRetry(sim.seed() % 3 == 0)
                  .withTransport(
                      pair.server.transport().withHandshakeTimeout(Duration.ofMinutes(2)));
          Connection client = pair.connect(misfortune(), misfortune());
          pair.confirm(client);
          assertSame(V2, client.versions.current());
          assertSame(V2, pair.accepted().versions.current());
          assertEquals(List.of(V2), pair.versions(false, PacketType.HANDSHAKE));
        });
  }

  private static Link misfortune() {
    return new Link()
        .delay(Simulation.ms(10))
        .loss(0.3)
        .reorder(0.2, Simulation.ms(30))
        .duplicate(0.1);
  }

  /** RFC 9369 §4.1: an endpoint has no use for packets of other versions. */
  @Test
  @Requirement("RFC9369-4.1#9")
  void handshakePacketsOfTheOtherVersionAreDropped() {
    Pair pair = upgrading(5);
    Connection client = pair.connect();
    pair.sim.run(
        Duration.ofSeconds(5),
        () -> client.spaces.of(EncryptionLevel.HANDSHAKE).sendKeys() != null);
    long before = client.stats().datagramsDropped();
    byte[] other = SealedPackets.handshake(pair.accepted(), V1, 77);
    client.receive(
        other, 0, other.length, pair.clientAddress, pair.serverAddress, 0, pair.sim.now());
    assertEquals(before + 1, client.stats().datagramsDropped());
    byte[] same = SealedPackets.handshake(pair.accepted(), V2, 78);
    client.receive(same, 0, same.length, pair.clientAddress, pair.serverAddress, 0, pair.sim.now());
    assertEquals(before + 1, client.stats().datagramsDropped());
    assertTrue(client.closing.isOpen());
  }

  @Test
  @Requirement({"RFC9369-5#1", "RFC9369-5#2", "RFC9368-7.2#1"})
  void aTicketIsGoodForItsVersionOnly() {
    Pair pair = upgrading(6);
    pair.server =
        pair.server.withTls(
            pair.server.tls().toBuilder()
                .ticketProtector(
                    new RotatingTicketProtector(
                        Duration.ofHours(4), pair.random.split(), TestPeers.CLOCK.instant()))
                .build());
    Connection first = pair.connect();
    pair.confirm(first);
    pair.sim.runFor(Duration.ofMillis(200));
    assertFalse(first.tls().resumed());
    assertFalse(pair.tickets.isEmpty());

    // The ticket is of version 2, and so is the first flight that shows it.
    pair.client = withTicket(pair.client, pair.tickets.getFirst());
    Connection second = another(pair);
    assertSame(V2, second.versions.original());
    assertTrue(second.tls().resumed());

    // A client that speaks version 1 alone leaves it aside.
    pair.client = pair.client.withTransport(pair.client.transport().withVersions(Versions.of(V1)));
    Connection third = another(pair);
    assertSame(V1, third.versions.original());
    assertFalse(third.tls().resumed());

    // A server passes it over, should a client show it in another version all the same.
    ParameterExchange ofServer = new ParameterExchange(pair.accepted());
    assertFalse(ofServer.mayResume(pair.tickets.getFirst().transportParameters()));
  }

  private static ClientConfig withTicket(ClientConfig config, SessionTicket ticket) {
    return new ClientConfig(
        config.tls().toBuilder().ticket(ticket).build(), config.transport(), null, config.tracer());
  }

  private static Connection another(Pair pair) {
    Connection connection =
        pair.clientNode.endpoint().connect(null, pair.serverAddress, pair.client, pair.sim.now());
    pair.confirm(connection);
    return connection;
  }

  /** Someone on the path rewrites the version of a server's packet: it is not authentic then. */
  @Test
  void aVersionThatNobodySpokeIsNotBelieved() {
    Pair pair = new Pair(new Simulation(8)).versions(Versions.of(V2, V1), Versions.of(V1));
    Connection client = pair.connect();
    pair.sim.run(Duration.ofSeconds(1), () -> !pair.serverNode.accepted().isEmpty());
    byte[] forged = new byte[1200];
    new SplittableRandom(1).nextBytes(forged);
    WireWriter out = new WireWriter(forged, 0, forged.length);
    int length =
        LongHeaderWriter.begin(
            out,
            PacketType.INITIAL,
            V2,
            client.ids.localFirst(),
            pair.accepted().ids.localFirst(),
            Bytes.EMPTY,
            0,
            2);
    LongHeaderWriter.finishLength(forged, length, forged.length);
    client.receive(
        forged, 0, forged.length, pair.clientAddress, pair.serverAddress, 0, pair.sim.now());
    assertSame(V1, client.versions.current());
    pair.confirm(client);
    assertSame(V1, client.versions.current());
    assertInstanceOf(VersionInformation.class, client.handshake.peer().versionInformation());
  }
}
