package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Simulation;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SessionTicket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** 0-RTT over a network of 10 ms each way: taken, refused, lost, out of order, replayed. */
class EarlyDataTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final EarlyVisits visits = new EarlyVisits(new Simulation(1));

  private static byte[] message(int size) {
    byte[] message = new byte[size];
    for (int i = 0; i < size; i++) {
      message[i] = (byte) (i * 7 + (i >> 9));
    }
    return message;
  }

  private void runUntilEchoed(long id, byte[] message) {
    visits.sim.run(LIMIT, () -> visits.isEchoed(id, message));
  }

  private List<Boolean> decisions(List<QuicEvent> events) {
    return visits.of(events, QuicEvent.EarlyDataDecided.class).stream()
        .map(QuicEvent.EarlyDataDecided::accepted)
        .toList();
  }

  private long sentEarly() {
    return visits.clientTrace.stream()
        .filter(e -> e instanceof TraceEvent.PacketSent sent && sent.type() == PacketType.ZERO_RTT)
        .count();
  }

  @Test
  @Requirement({"RFC9001-4.6.1#1", "RFC9000-7.4.1#4", "RFC9001-5.6#5"})
  void aRequestArrivesWithTheFirstFlightAndIsAnsweredBeforeTheHandshakeIsComplete() {
    SessionTicket ticket = visits.ticket();
    assertTrue(ticket.allowsEarlyData());
    Connection connection = visits.revisit(ticket);
    assertEquals(EarlyDataState.OFFERED, connection.earlyData());
    byte[] message = message(3000);
    long began = visits.sim.now();
    long id = visits.send(connection, message);
    runUntilEchoed(id, message);
    assertEquals(20_000_000, visits.sim.now() - began, 2_000_000, "one round trip in all");
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertEquals(List.of(true), decisions(visits.clientEvents));
    assertEquals(List.of(true), decisions(visits.serverEvents));
    EarlyVisits.Seen seen = visits.seen.getFirst();
    assertTrue(seen.early());
    assertTrue(seen.beforeHandshake());
    assertArrayEquals(message, seen.bytes());
    assertTrue(sentEarly() >= 3);
  }

  /** Whoever asks for a connection with early data has not proven its address by that. */
  @Test
  void anAcceptedFirstFlightCountsAsAHandshakeUntilThatIsComplete() {
    SessionTicket ticket = visits.ticket();
    List<Integer> handshaking = new ArrayList<>();
    visits.listen(
        c ->
            c.withAdmission(
                asked -> {
                  handshaking.add(asked.handshaking());
                  return Admission.ACCEPT;
                }));
    visits.send(visits.revisit(ticket), message(100));
    visits.sim.runFor(Duration.ofMillis(1));
    Connection second =
        visits
            .clientNode
            .endpoint()
            .connect(null, visits.serverAddress, visits.client, visits.sim.now());
    visits.sim.run(LIMIT, () -> second.handshake.isConfirmed());
    visits
        .clientNode
        .endpoint()
        .connect(null, visits.serverAddress, visits.client, visits.sim.now());
    visits.sim.run(LIMIT, () -> handshaking.size() == 3);
    assertEquals(List.of(true), decisions(visits.serverEvents));
    assertEquals(List.of(0, 1, 0), handshaking);
  }

  /** Without the server's part of the handshake nobody could read what it closes with (§10.2.3). */
  @Test
  void aServerThatClosesForWhatCameEarlySaysWhy() {
    Connection connection = visits.revisit(visits.ticket());
    visits.onRead = server -> server.close(7, "not so");
    visits.send(connection, message(100));
    visits.sim.run(LIMIT, () -> connection.ending() != null);
    assertEquals(new ApplicationClose(Side.PEER, 7, "not so"), connection.ending());
  }

  @Test
  @Requirement({"RFC9001-5.6#7", "RFC9001-4.9.3#1", "RFC9000-17.2.3#3"})
  void afterTheHandshakeNothingGoesOutEarly() {
    Connection connection = visits.revisit(visits.ticket());
    visits.send(connection, message(100));
    visits.sim.run(LIMIT, () -> connection.handshake.isComplete());
    assertNull(connection.early.keys());
    long before = sentEarly();
    byte[] message = message(100);
    long id = visits.send(connection, message);
    runUntilEchoed(id, message);
    assertEquals(before, sentEarly());
    assertFalse(visits.seen.getLast().early());
  }

  @Test
  @Requirement({"RFC9001-4.9.3#4", "RFC9001-4.9.3#3"})
  void theServerLetsGoOfItsKeysAWhileAfterTheFirst1RttPacket() {
    Connection connection = visits.revisit(visits.ticket());
    visits.send(connection, message(100));
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    Connection server = visits.serverNode.accepted().getFirst();
    visits.sim.run(LIMIT, () -> server.early.deadline() != Long.MAX_VALUE);
    assertNotNull(server.early.keys());
    long from = visits.sim.now();
    visits.sim.run(LIMIT, () -> server.early.keys() == null);
    long kept = visits.sim.now() - from;
    assertTrue(kept >= 2 * server.recovery.ptoNanos() && kept < 1_000_000_000, "for " + kept);
  }

  @Test
  @Requirement("RFC9001-5.6#1")
  void withoutTheApplicationsWishNothingGoesOutEarly() {
    SessionTicket ticket = visits.ticket();
    ClientConfig config = visits.withTicket(ticket);
    Connection connection =
        visits
            .clientNode
            .endpoint()
            .connect(
                null,
                visits.serverAddress,
                config.withTls(config.tls().toBuilder().earlyData(false).build()),
                visits.sim.now());
    assertNull(connection.openBidi());
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    assertTrue(connection.tls().resumed());
    assertEquals(0, sentEarly());
    assertEquals(EarlyDataState.NONE, connection.earlyData());
  }

  @Test
  @Requirement({"RFC9001-4.6.2#1", "RFC9001-5.6#4"})
  void whatWasRefusedIsSentAgainOnTheSameStreams() {
    SessionTicket ticket = visits.ticket();
    visits.terms = null;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] first = message(5000);
    byte[] second = message(10);
    long one = visits.send(connection, first);
    long two = visits.send(connection, second);
    visits.sim.run(LIMIT, () -> visits.isEchoed(one, first) && visits.isEchoed(two, second));
    assertEquals(EarlyDataState.REJECTED, connection.earlyData());
    assertEquals(List.of(false), decisions(visits.clientEvents));
    assertTrue(connection.tls().resumed(), "refusing 0-RTT refuses nothing else");
    assertFalse(connection.tls().earlyDataAccepted());
    assertTrue(visits.seen.stream().noneMatch(EarlyVisits.Seen::early));
    assertEquals(2, visits.seen.size(), "each once");
  }

  @Test
  void aServerThatForgotItsTicketKeysRefuses() {
    SessionTicket ticket = visits.ticket();
    ServerConfig other = new EarlyVisits(new Simulation(2)).server;
    visits.server = other;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] message = message(5000);
    runUntilEchoed(visits.send(connection, message), message);
    assertEquals(EarlyDataState.REJECTED, connection.earlyData());
    assertFalse(connection.tls().resumed());
  }

  @Test
  @Requirement({"RFC9000-7.4.1#9", "RFC9000-7.4.1#5", "RFC9000-7.4.1#6", "RFC9001-4.6.2#3"})
  void aServerWithSmallerLimitsRefusesAndTheRestWaitsForItsCredit() {
    SessionTicket ticket = visits.ticket();
    visits.serverTransport =
        TransportConfig.DEFAULTS.withStreams(
            TransportConfig.DEFAULTS
                .streams()
                .withLimits(new StreamLimits(2000, 1000, 1000, 1000, 1, 1)));
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] message = message(5000);
    long[] ids = new long[4];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = visits.send(connection, message);
    }
    visits.sim.run(LIMIT, () -> visits.isEchoed(ids[3], message));
    assertEquals(EarlyDataState.REJECTED, connection.earlyData());
    for (long id : ids) {
      assertTrue(visits.isEchoed(id, message), "stream " + id);
    }
    assertNull(connection.ending());
  }

  @Test
  void whatWasResetEarlyIsResetAgainAfterARefusal() {
    SessionTicket ticket = visits.ticket();
    visits.terms = null;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    var abandoned = connection.openBidi();
    abandoned.send().write(message(4000), 0, 4000);
    visits.clientNode.endpoint().touch(connection);
    visits.sim.runFor(Duration.ofMillis(2));
    abandoned.send().reset(7);
    abandoned.recv().stopSending(8);
    byte[] message = message(100);
    runUntilEchoed(visits.send(connection, message), message);
    visits.sim.runFor(Duration.ofSeconds(1));
    var opened = visits.of(visits.serverEvents, QuicEvent.PeerOpened.class).getFirst();
    assertEquals(abandoned.id(), opened.recv().id());
    assertEquals(new StreamEnding.ResetByPeer(7), opened.recv().ending());
    assertEquals(new StreamEnding.StoppedByPeer(8), opened.send().ending());
    assertNull(connection.ending());
  }

  @Test
  void theBeginningOfAStreamIsDeliveredAlsoAfterARefusal() {
    SessionTicket ticket = visits.ticket();
    visits.terms = null;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    var cut = connection.openBidi();
    cut.send().write(message(4000), 0, 4000);
    visits.clientNode.endpoint().touch(connection);
    visits.sim.runFor(Duration.ofMillis(2));
    cut.send().resetAt(7, 1500);
    byte[] message = message(100);
    runUntilEchoed(visits.send(connection, message), message);
    visits.sim.run(LIMIT, () -> visits.seen.size() == 2);
    EarlyVisits.Seen seen = visits.seen.stream().filter(s -> s.id() == cut.id()).findAny().get();
    assertArrayEquals(Arrays.copyOf(message(4000), 1500), seen.bytes());
    var opened = visits.of(visits.serverEvents, QuicEvent.PeerOpened.class).getFirst();
    assertEquals(new StreamEnding.ResetByPeer(7), opened.recv().ending());
    assertEquals(1500, opened.recv().finalSize());
    assertNull(connection.ending());
  }

  /** Whether the server can do it is remembered, or nothing of the stream would be certain. */
  @Test
  @Requirement("RESETAT10-3#2")
  void theBeginningOfAStreamIsDeliveredInTheFirstFlight() {
    Connection connection = visits.revisit(visits.ticket());
    var cut = connection.openBidi();
    cut.send().write(message(4000), 0, 4000);
    cut.send().resetAt(7, 1500);
    visits.clientNode.endpoint().touch(connection);
    visits.sim.run(LIMIT, () -> !visits.seen.isEmpty());
    EarlyVisits.Seen seen = visits.seen.getFirst();
    assertArrayEquals(Arrays.copyOf(message(4000), 1500), seen.bytes());
    assertTrue(seen.early());
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
  }

  /** The first flight's 0-RTT stays in the version that it began in (RFC 9369 §4.1). */
  @Test
  void theVersionMayChangeBetweenTheFirstFlightAndTheRest() {
    TransportConfig one = TransportConfig.DEFAULTS.withVersions(Versions.of(QuicVersion.V1));
    TransportConfig two =
        TransportConfig.DEFAULTS.withVersions(Versions.of(QuicVersion.V2, QuicVersion.V1));
    visits.serverTransport = one;
    SessionTicket ticket = visits.ticket();
    visits.serverTransport = two;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] message = message(3000);
    runUntilEchoed(visits.send(connection, message), message);
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertEquals(QuicVersion.V1, connection.versions.original());
    assertEquals(QuicVersion.V2, connection.versions.current());
    assertTrue(visits.seen.getFirst().beforeHandshake());
  }

  @Test
  void version2HasItToo() {
    visits.serverTransport =
        TransportConfig.DEFAULTS.withVersions(Versions.of(QuicVersion.V2, QuicVersion.V1));
    SessionTicket ticket = visits.ticket();
    Connection connection = visits.revisit(ticket);
    assertEquals(QuicVersion.V2, connection.versions.original());
    byte[] message = message(3000);
    runUntilEchoed(visits.send(connection, message), message);
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertTrue(visits.seen.getFirst().beforeHandshake());
  }

  @Test
  @Requirement({"RFC9221-3#1", "RFC9221-3#7"})
  void datagramsGoOutEarlyAsFarAsTheServerTookThem() {
    visits.serverTransport = TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON);
    visits.client = visits.client.withTransport(visits.serverTransport);
    SessionTicket ticket = visits.ticket();
    Connection connection = visits.revisit(ticket);
    assertTrue(connection.sendDatagram(message(500), 0, 500));
    visits.clientNode.endpoint().touch(connection);
    visits.sim.run(
        LIMIT, () -> !visits.of(visits.serverEvents, QuicEvent.DatagramReceived.class).isEmpty());
    assertFalse(visits.serverNode.accepted().getFirst().handshake.isComplete());
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
  }

  @Test
  @Requirement({"RFC9001-4.6.2#4", "RFC9000-17.2.3#1", "RFC9000-17.2.3#2"})
  void afterARetryTheDataGoesOutEarlyOnceMore() {
    SessionTicket ticket = visits.ticket();
    visits.listen(c -> c.withRetry(true));
    Connection connection = visits.revisit(ticket);
    byte[] message = message(3000);
    long began = visits.sim.now();
    runUntilEchoed(visits.send(connection, message), message);
    assertNotNull(connection.ids.retrySource());
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertTrue(visits.seen.getFirst().beforeHandshake());
    assertEquals(40_000_000, visits.sim.now() - began, 2_000_000, "one round trip for the Retry");
    assertTrue(sentEarly() >= 6);
    assertEquals(numbersSent(), numbersSent().stream().distinct().toList());
  }

  private List<Long> numbersSent() {
    return visits.clientTrace.stream()
        .filter(TraceEvent.PacketSent.class::isInstance)
        .map(TraceEvent.PacketSent.class::cast)
        .filter(p -> p.type() == PacketType.ZERO_RTT || p.type() == PacketType.ONE_RTT)
        .map(TraceEvent.PacketSent::packetNumber)
        .toList();
  }

  @Test
  void aHelloRetryRequestRefuses() {
    SessionTicket ticket = visits.ticket();
    visits.server =
        visits.server.withTls(visits.server.tls().toBuilder().groups(NamedGroup.SECP384R1).build());
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    byte[] message = message(3000);
    runUntilEchoed(visits.send(connection, message), message);
    assertEquals(EarlyDataState.REJECTED, connection.earlyData());
    assertEquals(NamedGroup.SECP384R1, connection.tls().group());
    assertEquals(List.of(false), decisions(visits.clientEvents));
    assertFalse(visits.seen.getFirst().early());
  }

  @Test
  void aDatagramThatArrivesTwiceIsNoReplay() {
    SessionTicket ticket = visits.ticket();
    visits.toServer.duplicate(1);
    Connection connection = visits.revisit(ticket);
    byte[] message = message(1500);
    runUntilEchoed(visits.send(connection, message), message);
    assertEquals(EarlyDataState.ACCEPTED, connection.earlyData());
    assertEquals(1, visits.seen.size());
  }

  @Test
  @Requirement("RFC9001-9.2#1")
  void aReplayOpensAConnectionWhoseEarlyDataIsRefused() {
    SessionTicket ticket = visits.ticket();
    visits.listen(c -> c.withRetry(false));
    List<byte[]> recorded = new ArrayList<>();
    visits.toServer.drop(
        datagram -> {
          recorded.add(datagram.bytes().clone());
          return false;
        });
    Connection connection = visits.revisit(ticket);
    byte[] message = message(1500);
    runUntilEchoed(visits.send(connection, message), message);
    connection.close(0, "");
    visits.clientNode.endpoint().touch(connection);
    visits.sim.runFor(Duration.ofSeconds(5));
    assertEquals(1, visits.seen.size());
    for (byte[] datagram : recorded) {
      DatagramBatch batch = new DatagramBatch(1, 2048);
      System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
      batch.add(datagram.length, visits.serverAddress, visits.sim.address(9), 0);
      visits.serverNode.endpoint().receive(batch, visits.sim.now());
    }
    visits.sim.runFor(Duration.ofMillis(100));
    assertEquals(2, visits.serverNode.accepted().size());
    Connection replayed = visits.serverNode.accepted().getLast();
    assertEquals(EarlyDataState.REJECTED, replayed.earlyData());
    assertNull(replayed.ending(), "the handshake goes on; its sender cannot complete it");
    assertEquals(1, visits.seen.size());
  }

  @Test
  @Requirement("RFC9001-5.7#4")
  void earlyDataThatOvertakesTheInitialWaitsForIt() {
    SessionTicket ticket = visits.ticket();
    AtomicInteger number = new AtomicInteger();
    List<byte[]> overtaken = new ArrayList<>();
    // The first two datagrams have the ClientHello in them; they arrive last.
    visits.toServer.drop(
        datagram -> number.getAndIncrement() < 2 && overtaken.add(datagram.bytes().clone()));
    Connection connection = visits.revisit(ticket);
    byte[] message = message(6000);
    long id = visits.send(connection, message);
    visits.sim.runFor(Duration.ofMillis(15));
    assertEquals(2, overtaken.size());
    assertEquals(0, visits.serverNode.accepted().size());
    for (byte[] datagram : overtaken) {
      visits.toServerNow(datagram);
    }
    visits.sim.run(Duration.ofMillis(30), () -> visits.isEchoed(id, message));
    assertTrue(visits.seen.getFirst().beforeHandshake());
  }

  @Test
  void everyLossOfTheFirstDatagramsIsMadeGood() {
    for (int mask = 1; mask < 256; mask++) {
      for (boolean towardsServer : new boolean[] {true, false}) {
        EarlyVisits lossy = new EarlyVisits(new Simulation(mask));
        SessionTicket ticket = lossy.ticket();
        int lost = mask;
        AtomicInteger number = new AtomicInteger();
        (towardsServer ? lossy.toServer : lossy.toClient)
            .drop(datagram -> (lost >>> number.getAndIncrement() & 1) != 0);
        Connection connection = lossy.revisit(ticket);
        byte[] message = message(4000);
        long id = lossy.send(connection, message);
        String what = "losses " + Integer.toBinaryString(mask) + (towardsServer ? " out" : " in");
        lossy.sim.run(Duration.ofSeconds(60), () -> lossy.isEchoed(id, message));
        assertNull(connection.ending(), what);
        assertEquals(EarlyDataState.ACCEPTED, connection.earlyData(), what);
        assertEquals(1, lossy.seen.size(), what);
      }
    }
  }

  @Test
  @Requirement("RFC9000-12.3#1")
  void anyMixOfMisfortunesEndsInTheSameBytes() {
    Simulation.seeds(
        60,
        sim -> {
          EarlyVisits rough = new EarlyVisits(sim);
          SplittableRandom random = sim.random().split();
          SessionTicket ticket = rough.ticket();
          if (random.nextInt(3) == 0) {
            rough.terms = null;
          }
          boolean retry = random.nextInt(3) == 0;
          rough.listen(c -> c.withRetry(retry));
          rough.toServer.loss(0.2).reorder(0.3, Duration.ofMillis(15)).duplicate(0.1);
          rough.toClient.loss(0.2).reorder(0.3, Duration.ofMillis(15)).duplicate(0.1);
          Connection connection = rough.revisit(ticket);
          Map<Long, byte[]> sent = new HashMap<>();
          for (int i = 0; i < 5; i++) {
            byte[] message = message(1 + random.nextInt(12_000));
            sent.put(rough.send(connection, message), message);
          }
          sim.run(
              Duration.ofMinutes(2),
              () ->
                  sent.entrySet().stream().allMatch(e -> rough.isEchoed(e.getKey(), e.getValue())));
          assertEquals(5, rough.seen.size());
        });
  }
}
