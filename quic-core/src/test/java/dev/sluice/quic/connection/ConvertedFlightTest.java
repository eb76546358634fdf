package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.NamedGroup;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * First flights that a server would turn into ones of another version, but that are not what they
 * should be. Anyone on the path can make them, since the keys of Initial packets are no secret.
 */
class ConvertedFlightTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;

  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);

  /** A server that would rather speak version 2. */
  private final EndpointNode server =
      sim.attach(
          serverAddress,
          new EndpointNode(
              TestPeers.endpoint(random.split()),
              c -> {
                while (c.nextEvent() != null) {
                  continue;
                }
              }));

  /** A client's whole first flight in one datagram. */
  private byte[] firstFlight(QuicVersion original) {
    ClientConfig config = TestPeers.client(random.split());
    config =
        config
            .withTls(
                config.tls().toBuilder()
                    .groups(NamedGroup.X25519)
                    .keyShares(NamedGroup.X25519)
                    .build())
            .withTransport(
                config.transport().withVersions(Versions.of(V2, V1).withOriginal(original)));
    Connection client =
        TestPeers.endpoint(random.split()).connect(null, serverAddress, config, sim.now());
    DatagramBatch out = new DatagramBatch(4, 1500);
    client.send(sim.now(), out);
    assertEquals(1, out.count());
    return Arrays.copyOfRange(out.buffer(), out.offset(0), out.offset(0) + out.length(0));
  }

  /**
   * The same frames in an Initial of another version, or from another ID.
   *
   * @param source null for the one that it has
   */
  private static byte[] rewritten(byte[] datagram, QuicVersion version, ConnectionId source) {
    LongHeader initial = (LongHeader) PacketParser.parse(datagram, 0, datagram.length, 8, true);
    PacketKeys before = InitialKeys.client(initial.version(), initial.destination());
    int numberOffset = initial.packetNumberOffset();
    int numberLength = before.unprotectHeader(datagram, 0, numberOffset, datagram.length);
    int start = numberOffset + numberLength;
    byte[] payload = new byte[initial.end() - start];
    int length = before.open(datagram, 0, start, initial.end() - start, 0, payload);
    byte[] other = new byte[1400];
    WireWriter out = new WireWriter(other, 0, other.length);
    ConnectionId from = source == null ? initial.source() : source;
    int lengthField =
        LongHeaderWriter.begin(
            out, PacketType.INITIAL, version, initial.destination(), from, Bytes.EMPTY, 0, 2);
    int begin = out.position();
    out.bytes(payload, 0, length);
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(other, lengthField, end);
    PacketKeys after = InitialKeys.client(version, initial.destination());
    after.seal(other, 0, begin, length, 0);
    after.protectHeader(other, 0, begin - 2, 2);
    return Arrays.copyOf(other, end);
  }

  /** What the server makes of it. */
  private Connection accepted(byte[] flight) {
    ServerConfig config = TestPeers.server(random.split());
    server
        .endpoint()
        .listen(config.withTransport(config.transport().withVersions(Versions.of(V2, V1))));
    sim.attach(clientAddress, new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
    sim.bothWays(clientAddress, serverAddress, Link::new);
    server.receive(flight, 0, flight.length, serverAddress, clientAddress, 0, sim.now());
    return server.accepted().getFirst();
  }

  private static void assertAborted(Connection connection, TransportError why) {
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertSame(Side.LOCAL, close.by());
    assertEquals(why.code(), close.code(), close::reason);
    assertNull(connection.tls(), "nothing was agreed on");
  }

  @Test
  void oneThatIsAsItShouldBeIsConverted() {
    Connection connection = accepted(rewritten(firstFlight(V1), V1, null));
    assertNull(connection.ending());
    assertSame(V1, connection.versions.original());
    assertSame(V2, connection.versions.current());
  }

  /** It says that it is of version 2, and came as one of version 1. */
  @Test
  @Requirement("RFC9368-2.3#2")
  void oneThatIsNotWhatItSaysAborts() {
    Connection connection = accepted(rewritten(firstFlight(V2), V1, null));
    assertAborted(connection, TransportError.VERSION_NEGOTIATION_ERROR);
  }

  /** Version 2 has the IDs of packets compared with the parameters (RFC 9000 §7.3). */
  @Test
  @Requirement("RFC9368-2.3#5")
  void theNewVersionsChecksHoldForIt() {
    ConnectionId another = ConnectionId.of(new byte[] {7, 7, 7, 7, 7, 7, 7, 7});
    Connection connection = accepted(rewritten(firstFlight(V1), V1, another));
    assertAborted(connection, TransportError.TRANSPORT_PARAMETER_ERROR);
  }
}
