package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.crypto.RetryIntegrity;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryPacket;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection IDs of a handshake: what stands in the packets, and that nobody changed them. */
class HandshakeIdsTest {
  private static final int ID_LENGTH = 8;

  /** One packet's IDs as they were on the wire; the source is null in a short header. */
  private record Ids(PacketType type, ConnectionId destination, ConnectionId source) {}

  /** What both sides sent on a network that loses a tenth of it, from one handshake. */
  private static final class Wire implements Watcher {
    private final InetSocketAddress client;
    private final List<List<Ids>> byClient = new ArrayList<>();
    private final List<List<Ids>> byServer = new ArrayList<>();
    private final List<Integer> clientLengths = new ArrayList<>();
    private int sentBeforeAnswer = -1;

    Wire(InetSocketAddress client) {
      this.client = client;
    }

    @Override
    public void sent(long now, Datagram datagram) {
      boolean ours = datagram.source().equals(client);
      (ours ? byClient : byServer).add(parsed(datagram.bytes()));
      if (ours) {
        clientLengths.add(datagram.length());
      }
    }

    @Override
    public void arrived(long now, Datagram datagram) {
      if (!datagram.source().equals(client) && sentBeforeAnswer < 0) {
        sentBeforeAnswer = byClient.size();
      }
    }

    private static List<Ids> parsed(byte[] datagram) {
      List<Ids> ids = new ArrayList<>();
      int at = 0;
      while (at < datagram.length) {
        PacketHeader header = PacketParser.parse(datagram, at, datagram.length, ID_LENGTH, true);
        switch (header) {
          case LongHeader h -> {
            ids.add(new Ids(h.type(), h.destination(), h.source()));
            at = h.end();
          }
          case ShortHeader h -> {
            ids.add(new Ids(PacketType.ONE_RTT, h.destination(), null));
            at = h.end();
          }
          default -> throw new AssertionError("unexpected: " + header);
        }
      }
      return ids;
    }
  }

  private static void forEachHandshake(Consumer<Wire> check) {
    Simulation.seeds(
        60,
        sim -> {
          Wire wire = new Wire(sim.address(1));
          sim.watch(wire);
          new Duo(
              sim,
              TransportConfig.DEFAULTS,
              TransportConfig.DEFAULTS,
              () -> new Link().delay(Simulation.ms(10)).loss(0.1));
          check.accept(wire);
        });
  }

  @Test
  @Requirement({"RFC9000-7.2#1", "RFC9000-7.2#2"})
  void aClientKeepsItsFirstDestinationUntilItIsAnswered() {
    forEachHandshake(
        wire -> {
          ConnectionId first = wire.byClient.getFirst().getFirst().destination();
          assertTrue(first.length() >= 8);
          wire.byClient.stream()
              .limit(wire.sentBeforeAnswer)
              .flatMap(List::stream)
              .forEach(p -> assertEquals(first, p.destination()));
        });
  }

  @Test
  @Requirement({
    "RFC9000-7.2#4",
    "RFC9000-7.2#5",
    "RFC9000-7.2#6",
    "RFC9000-17.2#2",
    "RFC9000-17.2#5"
  })
  void eachSideWritesToWhatTheOtherChoseInTheHandshake() {
    forEachHandshake(
        wire -> {
          ConnectionId client = wire.byClient.getFirst().getFirst().source();
          ConnectionId server = wire.byServer.getFirst().getFirst().source();
          ConnectionId original = wire.byClient.getFirst().getFirst().destination();
          assertTrue(client.length() <= 20 && server.length() <= 20);
          for (Ids packet : wire.byServer.stream().flatMap(List::stream).toList()) {
            if (packet.source() != null) {
              assertEquals(client, packet.destination());
              assertEquals(server, packet.source());
            }
          }
          Set<ConnectionId> destinations = new HashSet<>();
          for (Ids packet : wire.byClient.stream().flatMap(List::stream).toList()) {
            if (packet.source() != null) {
              assertEquals(client, packet.source());
              destinations.add(packet.destination());
            }
          }
          assertEquals(Set.of(original, server), destinations);
        });
  }

  @Test
  @Requirement({"RFC9000-12.2#4", "RFC9000-8.1#4", "RFC9000-14.1#1", "RFC9001-9.3#1"})
  void aDatagramHasOneDestinationAndAnInitialFillsIt() {
    forEachHandshake(
        wire -> {
          for (List<Ids> datagram : wire.byClient) {
            assertEquals(1, datagram.stream().map(Ids::destination).distinct().count());
          }
          for (int i = 0; i < wire.byClient.size(); i++) {
            if (wire.byClient.get(i).stream().anyMatch(p -> p.type() == PacketType.INITIAL)) {
              assertTrue(wire.clientLengths.get(i) >= 1200);
            }
          }
        });
  }

  /** Anyone on the path can forge a Retry; the parameters tell that the server never sent it. */
  @Test
  @Requirement({"RFC9000-7.3#1", "RFC9000-7.3#2", "RFC9000-7.3#4"})
  void aForgedRetryIsFoundOut() {
    Simulation sim = new Simulation(1);
    SplittableRandom random = sim.random();
    EndpointNode client =
        sim.attach(sim.address(1), new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
    EndpointNode server =
        sim.attach(sim.address(2), new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
    boolean[] forged = {false};
    sim.bothWays(sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(10)));
    sim.watch(
        new Watcher() {
          @Override
          public void arrived(long now, Datagram datagram) {
            if (!forged[0]) {
              forged[0] = true;
              byte[] retry = retryFor(datagram.bytes());
              client.receive(retry, 0, retry.length, sim.address(1), sim.address(2), 0, sim.now());
            }
          }
        });
    server.endpoint().listen(TestPeers.server(random.split()));
    Connection connection =
        client
            .endpoint()
            .connect(null, sim.address(2), TestPeers.client(random.split()), sim.now());
    sim.run(Duration.ofMinutes(1), () -> connection.ending() != null);
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertEquals(Side.LOCAL, close.by());
    assertEquals(TransportError.TRANSPORT_PARAMETER_ERROR.code(), close.code(), close::reason);
  }

  private static byte[] retryFor(byte[] datagram) {
    LongHeader initial = (LongHeader) PacketParser.parse(datagram, 0, datagram.length, ID_LENGTH);
    ConnectionId chosen = ConnectionId.of(new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
    Bytes token = Bytes.of(new byte[] {1, 2, 3});
    int length = RetryPacket.length(initial.source(), chosen, token);
    WireWriter out = new WireWriter(new byte[length], 0, length);
    RetryPacket.write(out, QuicVersion.V1, initial.source(), chosen, token, 0);
    out.bytes(
        RetryIntegrity.tag(QuicVersion.V1, initial.destination(), out.buffer(), 0, out.position()));
    return out.buffer();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "initial_source",
        "original_destination",
        "another source",
        "another destination",
        "a Retry that was none",
        "no Retry where there was one",
        "another Retry"
      })
  @Requirement({"RFC9000-7.3#1", "RFC9000-7.3#2", "RFC9000-7.3#3", "RFC9000-7.3#4"})
  void parametersWithoutTheIdsOrWithOthers(String wrong) {
    Simulation sim = new Simulation(1);
    ConnectionId other = ConnectionId.of(new byte[] {7, 7, 7, 7});
    UnaryOperator<TransportParameters> change =
        p -> {
          TransportParameters.Builder builder = p.toBuilder();
          switch (wrong) {
            case "initial_source" -> builder.initialSourceConnectionId = null;
            case "original_destination" -> builder.originalDestinationConnectionId = null;
            case "another source" -> builder.initialSourceConnectionId = other;
            case "another destination" -> builder.originalDestinationConnectionId = other;
            case "no Retry where there was one" -> {}
            default -> builder.retrySourceConnectionId = other;
          }
          return builder.build();
        };
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    TransportParameters honest = duo.client.handshake.peer();
    Connection fresh =
        TestPeers.endpoint(sim.random())
            .connect(null, sim.address(2), TestPeers.client(sim.random()), sim.now());
    if (wrong.equals("no Retry where there was one") || wrong.equals("another Retry")) {
      fresh.ids.onRetry(honest.initialSourceConnectionId());
    }
    fresh.ids.onFirstPacket(honest.initialSourceConnectionId());
    TransportException refused =
        assertThrows(
            TransportException.class,
            () ->
                fresh.handshake.onPeerParameters(
                    change.apply(sameOriginal(honest, fresh.ids.originalDestination()))));
    assertEquals(TransportError.TRANSPORT_PARAMETER_ERROR.code(), refused.code());
  }

  private static TransportParameters sameOriginal(TransportParameters p, ConnectionId original) {
    TransportParameters.Builder builder = p.toBuilder();
    builder.originalDestinationConnectionId = original;
    return builder.build();
  }
}
