package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What 0-RTT may not be used for, and what a peer must not do about it. */
class EarlyDataRulesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final EarlyVisits visits = new EarlyVisits(new Simulation(1));

  private static SessionTicket promising(SessionTicket ticket, byte[] transportParameters) {
    return new SessionTicket(
        ticket.ticket(),
        ticket.cipherSuite(),
        ticket.resumptionSecret(),
        ticket.receivedAt(),
        ticket.lifetimeSeconds(),
        ticket.ageAdd(),
        ticket.maxEarlyData(),
        ticket.applicationProtocol(),
        ticket.serverName(),
        transportParameters,
        ticket.peerCertificates(),
        ticket.applicationState());
  }

  @Test
  @Requirement("RFC9000-7.4.1#5")
  void aServerThatTakesEarlyDataAndLowersItsLimitsBreaksARule() {
    SessionTicket ticket = visits.ticket();
    TransportParameters.Builder more =
        TransportParameterCodec.read(ticket.transportParameters(), true).toBuilder();
    more.initialMaxStreamsUni++;
    byte[] promised = TransportParameterCodec.write(more.build(), visits.random.split());
    Connection connection = visits.revisit(promising(ticket, promised));
    visits.sim.run(LIMIT, () -> connection.ending() != null);
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
    assertTrue(close.reason().contains("initial_max_streams_uni"), close.reason());
  }

  @Test
  @Requirement("RFC9001-4.6.2#2")
  void anAcknowledgementOfWhatWasRefusedIsAnError() {
    SessionTicket ticket = visits.ticket();
    visits.terms = null;
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    visits.send(connection, new byte[1000]);
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    Connection server = visits.serverNode.accepted().getFirst();
    byte[] ack =
        SealedPackets.oneRtt(
            server, SealedPackets.payload(new AckFrame(0, 0, AckRanges.of(0, 0), null)), 5_000);
    connection.receive(
        ack, 0, ack.length, visits.clientAddress, visits.serverAddress, 0, visits.sim.now());
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
  }

  @Test
  @Requirement("RFC9000-7.4.1#2")
  void whatBelongsToOneConnectionIsNotRemembered() {
    TransportParameters.Builder said =
        TransportParameterCodec.read(visits.ticket().transportParameters(), true).toBuilder();
    said.ackDelayExponent = 7;
    said.maxAckDelayMillis = 99;
    said.retrySourceConnectionId = ConnectionId.of(new byte[] {1});
    said.preferredAddress = Bytes.of(new byte[61]);
    TransportParameters sent = said.build();
    TransportParameters remembered = sent.remembered();
    assertNotNull(sent.statelessResetToken());
    assertNull(remembered.statelessResetToken());
    assertNull(remembered.initialSourceConnectionId());
    assertNull(remembered.originalDestinationConnectionId());
    assertNull(remembered.retrySourceConnectionId());
    assertNull(remembered.preferredAddress());
    assertEquals(3, remembered.ackDelayExponent());
    assertEquals(25, remembered.maxAckDelayMillis());
    assertEquals(sent.initialMaxData(), remembered.initialMaxData());
    assertEquals(sent.maxDatagramFrameSize(), remembered.maxDatagramFrameSize());
  }

  /** What the server allows by now holds from the end of the handshake on, and not sooner. */
  @Test
  @Requirement({"RFC9000-7.4.1#3", "RFC9000-7.4.1#10"})
  void largerLimitsCountOnlyAfterTheHandshake() {
    SessionTicket ticket = visits.ticket();
    TransportParameters before = TransportParameterCodec.read(ticket.transportParameters(), true);
    StreamConfig usual = TransportConfig.DEFAULTS.streams();
    StreamLimits limits = usual.limits();
    visits.serverTransport =
        TransportConfig.DEFAULTS.withStreams(
            usual.withLimits(
                new StreamLimits(
                    limits.maxData(),
                    limits.maxStreamDataBidiLocal(),
                    limits.maxStreamDataBidiRemote(),
                    limits.maxStreamDataUni(),
                    200,
                    200)));
    assertTrue(before.initialMaxStreamsBidi() < 200);
    visits.listen(c -> c);
    Connection connection = visits.revisit(ticket);
    visits.send(connection, new byte[10]);
    // Of the server's flight the parameters come, and what follows them is late.
    TransportParameters.Builder now = before.toBuilder();
    now.initialMaxStreamsBidi = 200;
    now.maxDatagramFrameSize++;
    now.originalDestinationConnectionId = connection.ids.originalDestination();
    connection.ids.onFirstPacket(before.initialSourceConnectionId());
    connection.handshake.onPeerParameters(now.build());
    assertEquals(before.maxDatagramFrameSize(), connection.handshake.peer().maxDatagramFrameSize());
    assertEquals(before.initialMaxStreamsBidi() - 1, opened(connection));

    Connection other = visits.revisit(ticket);
    assertEquals(before.initialMaxStreamsBidi(), opened(other));
    visits.sim.run(LIMIT, () -> other.handshake.isComplete());
    assertEquals(EarlyDataState.ACCEPTED, other.earlyData());
    assertEquals(200 - before.initialMaxStreamsBidi(), opened(other));
  }

  private static long opened(Connection connection) {
    long opened = 0;
    while (connection.openBidi() != null) {
      opened++;
    }
    return opened;
  }

  /** A resumed server has little to say at first: neither certificate nor a long share. */
  @Test
  @Requirement("RFC9000-14.1#2")
  void aServersInitialFillsItsDatagram() {
    TlsClientConfig brief = visits.client.tls().toBuilder().groups(NamedGroup.X25519).build();
    visits.client = visits.client.withTls(brief);
    SessionTicket ticket = visits.ticket();
    List<byte[]> initials = new ArrayList<>();
    visits.toClient.drop(
        datagram -> {
          if ((datagram.bytes()[0] & 0xb0) == 0x80) {
            initials.add(datagram.bytes());
          }
          return false;
        });
    Connection connection = visits.revisit(ticket);
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    assertTrue(connection.tls().resumed());
    assertTrue(initials.getFirst().length >= 1200, "" + initials.getFirst().length);
  }

  /** So nothing that was sent early can be sent again for another protocol. */
  @Test
  @Requirement("RFC8446-4.2.10#15")
  void aTicketForAnotherProtocolThanTheOnlyOneIsNotTriedEarly() {
    SessionTicket ticket = visits.ticket();
    visits.client =
        visits.client.withTls(
            visits.client.tls().toBuilder().applicationProtocols("test", "other").build());
    Connection connection = visits.revisit(ticket);
    assertEquals(EarlyDataState.NONE, connection.earlyData());
    visits.sim.run(LIMIT, () -> connection.handshake.isConfirmed());
    assertTrue(connection.tls().resumed());
  }

  @Test
  @Requirement("RFC9001-5.6#6")
  void aClientReadsNoEarlyData() {
    Connection connection = visits.revisit(visits.ticket());
    visits.send(connection, new byte[100]);
    visits.sim.route(visits.serverAddress, visits.clientAddress, new Link().loss(1));
    visits.sim.runFor(Duration.ofMillis(5));
    PacketKeys keys = connection.early.keys();
    assertNotNull(keys);
    byte[] payload = SealedPackets.payload(new PingFrame(), new PaddingFrame(40));
    byte[] datagram = new byte[200];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.ZERO_RTT,
            QuicVersion.V1,
            connection.ids.localFirst(),
            connection.ids.originalDestination(),
            Bytes.EMPTY,
            1000,
            2);
    int start = out.position();
    out.bytes(payload);
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(datagram, lengthField, end);
    keys.seal(datagram, 0, start, payload.length, 1000);
    keys.protectHeader(datagram, 0, start - 2, 2);
    visits.clientNode.receive(
        datagram, 0, end, visits.clientAddress, visits.serverAddress, 0, visits.sim.now());
    visits.sim.runFor(Duration.ofMillis(5));
    assertTrue(visits.clientTrace.stream().noneMatch(TraceEvent.PacketReceived.class::isInstance));
    assertNull(connection.ending());
  }

  /** Keys for them can never come, so there is nothing to wait for. */
  @Test
  void whatComesAfterAHandshakeThatOfferedNothingEarlyIsNotKept() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    byte[] datagram = new byte[1200];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.ZERO_RTT,
            QuicVersion.V1,
            duo.client.paths.active().destination().id(),
            duo.client.ids.localFirst(),
            Bytes.EMPTY,
            0,
            4);
    LongHeaderWriter.finishLength(datagram, lengthField, datagram.length);
    long before = duo.server.stats().datagramsDropped();
    duo.toServer(datagram);
    duo.server.receiver.measure((what, amount, most) -> assertEquals(0, amount, what));
    assertEquals(before + 1, duo.server.stats().datagramsDropped());
  }
}
