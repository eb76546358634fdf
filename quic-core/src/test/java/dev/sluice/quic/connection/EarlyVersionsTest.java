package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.SessionTicket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 0-RTT where versions are negotiated (RFC 9369 §4.1, §5). */
class EarlyVersionsTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final EarlyVisits visits = new EarlyVisits(new Simulation(1));
  private final List<QuicVersion> early = new ArrayList<>();

  EarlyVersionsTest() {
    visits.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            note(datagram.bytes());
          }
        });
  }

  private void note(byte[] datagram) {
    PacketHeader header = PacketParser.parse(datagram, 0, datagram.length, 8, true);
    while (header instanceof LongHeader packet) {
      if (packet.type() == PacketType.ZERO_RTT) {
        early.add(packet.version());
      }
      header = PacketParser.parse(datagram, packet.end(), datagram.length, 8, true);
    }
  }

  private void versions(Versions ofClient, Versions ofServer) {
    visits.client = visits.client.withTransport(visits.client.transport().withVersions(ofClient));
    visits.serverTransport = visits.serverTransport.withVersions(ofServer);
  }

  @Test
  @Requirement({"RFC9369-4.1#10", "RFC9368-7.3#1"})
  void earlyDataIsTakenInTheOriginalVersionAndAnsweredInTheNegotiatedOne() {
    versions(Versions.of(V2, V1), Versions.of(V1));
    SessionTicket ticket = visits.ticket();
    versions(Versions.of(V2, V1), Versions.of(V2, V1));
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] message = new byte[3000];
    long id = visits.send(connection, message);
    visits.sim.run(LIMIT, () -> visits.isEchoed(id, message));
    assertSame(V1, connection.versions.original());
    assertSame(V2, connection.versions.current());
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertTrue(visits.seen.getFirst().early());
    assertEquals(List.of(V1), early.stream().distinct().toList());
  }

  @Test
  void aSessionOfVersion2GoesOnInVersion2() {
    versions(Versions.of(V2, V1), Versions.of(V2, V1));
    SessionTicket ticket = visits.ticket();
    Connection connection = visits.revisit(ticket);
    byte[] message = new byte[3000];
    long id = visits.send(connection, message);
    visits.sim.run(LIMIT, () -> visits.isEchoed(id, message));
    assertSame(V2, connection.versions.original());
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertEquals(List.of(V2), early.stream().distinct().toList());
  }

  /** The server speaks version 2 no more: what was sent early goes out again in version 1. */
  @Test
  void earlyDataSurvivesAnotherFirstFlight() {
    versions(Versions.of(V2, V1), Versions.of(V2, V1));
    SessionTicket ticket = visits.ticket();
    versions(Versions.of(V2, V1), Versions.of(V1));
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    assertEquals(EarlyDataState.OFFERED, connection.earlyData());
    byte[] message = new byte[3000];
    long id = visits.send(connection, message);
    visits.sim.run(LIMIT, () -> visits.isEchoed(id, message));
    assertTrue(connection.versions.isReaction());
    assertSame(V1, connection.versions.current());
    assertFalse(connection.tls().resumed());
    assertEquals(EarlyDataState.REJECTED, connection.earlyData());
    assertFalse(visits.seen.getFirst().early());
  }

  @Test
  @Requirement("RFC9369-5#1")
  void aTokenIsForItsVersionOnly() {
    versions(Versions.of(V2, V1), Versions.of(V2, V1));
    visits.server = visits.server.withRetry(true);
    visits.terms = null;
    visits.listen(c -> c);
    Connection first =
        visits.clientNode.endpoint().connect(null, visits.serverAddress, visits.client, now());
    visits.sim.run(
        LIMIT, () -> !visits.of(visits.clientEvents, QuicEvent.NewToken.class).isEmpty());
    assertSame(V2, first.versions.current());
    byte[] token = visits.of(visits.clientEvents, QuicEvent.NewToken.class).getFirst().token();

    // It is of version 2, and so is the first flight that shows it.
    Connection second = connectWith(visits.client.withToken(token));
    assertSame(V2, second.versions.original());
    assertEquals(null, second.ids.retrySource());

    // It opens one connection; and none in another version.
    assertTrue(connectWith(visits.client.withToken(token)).ids.retrySource() != null);
    ClientConfig only1 =
        visits.client.withTransport(visits.client.transport().withVersions(Versions.of(V1)));
    Connection third = connectWith(only1.withToken(token));
    assertSame(V1, third.versions.original());
    assertTrue(third.ids.retrySource() != null);
    assertTrue(only1.withToken(token).tokenFor(V1).isEmpty());
    assertTrue(only1.withToken(new byte[] {1, 2, 3}).tokenFor(V1).isEmpty());
    assertSame(V1, only1.withToken(new byte[100]).original());
  }

  private Connection connectWith(ClientConfig config) {
    Connection connection =
        visits.clientNode.endpoint().connect(null, visits.serverAddress, config, now());
    visits.sim.run(LIMIT, connection.handshake::isConfirmed);
    return connection;
  }

  private long now() {
    return visits.sim.now();
  }
}
