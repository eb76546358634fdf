package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.PacketLog.Discarded;
import dev.sluice.quic.connection.PacketLog.Packet;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * What packets may hold and when, watched over whole connections on networks that lose, reorder and
 * duplicate a tenth of the datagrams.
 */
class PacketRulesTest {
  private static final int SEEDS = 60;

  /** Runs a transfer of 40 kB each way for every seed, and hands over both sides' logs. */
  private static void forEachConnection(BiConsumer<PacketLog, PacketLog> check) {
    Simulation.seeds(
        SEEDS,
        sim -> {
          PacketLog client = new PacketLog();
          PacketLog server = new PacketLog();
          transfer(sim, client, server);
          check.accept(client, server);
        });
  }

  /** The same, for rules that hold for either side by itself. */
  private static void forEachSide(Consumer<PacketLog> check) {
    forEachConnection(
        (client, server) -> {
          check.accept(client);
          check.accept(server);
        });
  }

  private static void transfer(Simulation sim, PacketLog clientLog, PacketLog serverLog) {
    SplittableRandom random = sim.random();
    InetSocketAddress clientAddress = sim.address(1);
    InetSocketAddress serverAddress = sim.address(2);
    Transfer transfer = new Transfer(40_000);
    EndpointNode client =
        sim.attach(
            clientAddress,
            new EndpointNode(TestPeers.endpoint(random.split()), transfer::onEvents));
    EndpointNode server =
        sim.attach(
            serverAddress,
            new EndpointNode(TestPeers.endpoint(random.split()), transfer::onEvents));
    sim.bothWays(
        clientAddress,
        serverAddress,
        () ->
            new Link()
                .delay(Simulation.ms(20))
                .loss(0.1)
                .reorder(0.1, Simulation.ms(30))
                .duplicate(0.1));
    server.endpoint().listen(TestPeers.server(random.split()).withTracer(() -> serverLog));
    client
        .endpoint()
        .connect(
            null,
            serverAddress,
            TestPeers.client(random.split()).withTracer(() -> clientLog),
            sim.now());
    sim.run(Duration.ofMinutes(5), () -> transfer.finished() == 2);
    sim.runFor(Duration.ofSeconds(30));
  }

  private static String space(PacketType type) {
    return switch (type) {
      case ZERO_RTT, ONE_RTT -> "application data";
      default -> type.toString();
    };
  }

  @Test
  @Requirement("RFC9000-12.4#1")
  void everyPacketHoldsAFrame() {
    forEachSide(log -> log.sent().forEach(packet -> assertFalse(packet.frames().isEmpty())));
  }

  @Test
  @Requirement({"RFC9000-12.3#1", "RFC9000-12.3#2"})
  void packetNumbersGrow() {
    forEachSide(
        log -> {
          Map<String, Long> last = new HashMap<>();
          for (Packet packet : log.sent()) {
            Long before = last.put(space(packet.type()), packet.number());
            assertTrue(before == null || before < packet.number());
          }
        });
  }

  @Test
  @Requirement({"RFC9000-13.1#1", "RFC9000-13.2.6#1", "RFC9000-13.2.6#2", "RFC9000-17.2.3#4"})
  void onlyPacketsOfTheSameSpaceThatCameAreAcknowledged() {
    forEachSide(
        log -> {
          Map<String, Set<Long>> came = new HashMap<>();
          for (PacketLog.Entry entry : log.entries()) {
            if (entry instanceof Packet packet) {
              Set<Long> numbers = came.computeIfAbsent(space(packet.type()), t -> new HashSet<>());
              if (!packet.sent()) {
                numbers.add(packet.number());
              } else {
                packet.frames().stream()
                    .filter(AckFrame.class::isInstance)
                    .forEach(f -> assertAllCame(((AckFrame) f).ranges(), numbers));
              }
            }
          }
        });
  }

  private static void assertAllCame(AckRanges ranges, Set<Long> came) {
    for (int i = 0; i < ranges.count(); i++) {
      for (long number = ranges.smallest(i); number <= ranges.largest(i); number++) {
        assertTrue(came.contains(number), "acknowledges what did not come: " + number);
      }
    }
  }

  @Test
  @Requirement({"RFC9000-13.2.1#3", "RFC9000-13.2.1#4"})
  void bareAcksAreNoMoreThanWhatElicitsThem() {
    forEachSide(
        log -> {
          long bare =
              log.sent().stream().filter(p -> p.has(AckFrame.class) && !p.elicitsAck()).count();
          long eliciting = log.received().stream().filter(Packet::elicitsAck).count();
          assertTrue(bare <= eliciting, bare + " for " + eliciting);
        });
  }

  @Test
  @Requirement({"RFC9001-4#1", "RFC9001-4.9#1"})
  void cryptoDataIsRepeatedAtItsLevelUnchanged() {
    forEachSide(
        log -> {
          Map<String, Byte> bytes = new HashMap<>();
          for (Packet packet : log.sent()) {
            for (Frame frame : packet.frames()) {
              if (frame instanceof CryptoFrame crypto) {
                byte[] data = crypto.data().toArray();
                for (int i = 0; i < data.length; i++) {
                  Byte before = bytes.put(packet.type() + "@" + (crypto.offset() + i), data[i]);
                  assertTrue(before == null || before == data[i]);
                }
              }
            }
          }
          assertTrue(bytes.keySet().stream().anyMatch(k -> k.startsWith("HANDSHAKE")));
        });
  }

  @Test
  @Requirement({"RFC9001-4.9#2", "RFC9000-12.5#5", "RFC9000-12.5#3"})
  void handshakePacketsHoldHandshakeFramesAlone() {
    forEachSide(
        log ->
            log.sent().stream()
                .filter(p -> p.type() == PacketType.INITIAL || p.type() == PacketType.HANDSHAKE)
                .flatMap(p -> p.frames().stream())
                .forEach(
                    frame -> {
                      switch (frame) {
                        case PaddingFrame f -> {}
                        case PingFrame f -> {}
                        case AckFrame f -> {}
                        case CryptoFrame f -> {}
                        case ConnectionCloseFrame f -> assertFalse(f.application());
                        default -> throw new AssertionError(frame + " in a handshake packet");
                      }
                    }));
  }

  @Test
  @Requirement({"RFC9001-4.9.1#1", "RFC9001-4.9.1#2"})
  void initialKeysGoWithTheFirstHandshakePacket() {
    forEachConnection(
        (client, server) -> {
          assertDiscarded(client, PacketType.INITIAL, p -> p.sent() && isHandshake(p));
          assertDiscarded(server, PacketType.INITIAL, p -> !p.sent() && isHandshake(p));
        });
  }

  @Test
  @Requirement("RFC9001-4.9.2#1")
  void handshakeKeysGoAtConfirmation() {
    forEachConnection(
        (client, server) -> {
          assertDiscarded(
              client, PacketType.HANDSHAKE, p -> !p.sent() && p.has(HandshakeDoneFrame.class));
          int gone = server.indexOf(e -> e.equals(discarded(server, PacketType.HANDSHAKE)));
          int done = server.indexOf(e -> e instanceof Packet p && p.has(HandshakeDoneFrame.class));
          assertTrue(gone < done, "a server confirms when it completes, and then says so");
        });
  }

  private static boolean isHandshake(Packet packet) {
    return packet.type() == PacketType.HANDSHAKE;
  }

  private static Discarded discarded(PacketLog log, PacketType type) {
    return log.entries().stream()
        .filter(e -> e instanceof Discarded d && d.type() == type)
        .map(Discarded.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Keys went at the time of the first packet like this, and no packet was sealed with them later.
   */
  private static void assertDiscarded(PacketLog log, PacketType type, Predicate<Packet> cause) {
    Discarded gone = discarded(log, type);
    long causeTime =
        log.entries().stream()
            .filter(e -> e instanceof Packet p && cause.test(p))
            .mapToLong(e -> ((Packet) e).time())
            .findFirst()
            .orElseThrow();
    assertEquals(causeTime, gone.time());
    int index = log.entries().indexOf(gone);
    assertTrue(
        log.entries().stream()
            .skip(index)
            .noneMatch(e -> e instanceof Packet p && p.sent() && p.type() == type));
  }

  @Test
  @Requirement({"RFC9001-4.1.2#1", "RFC9000-19.20#1", "RFC9000-13.3#3"})
  void theServerConfirmsOnceCompleteAndUntilItIsHeard() {
    forEachConnection(
        (client, server) -> {
          // The client's Finished is in a Handshake packet; nothing is complete before.
          int finished =
              server.indexOf(
                  e ->
                      e instanceof Packet p
                          && !p.sent()
                          && isHandshake(p)
                          && p.has(CryptoFrame.class));
          int done = server.indexOf(e -> e instanceof Packet p && p.has(HandshakeDoneFrame.class));
          assertTrue(0 <= finished && finished < done);
          assertEquals(0, client.sentFrames(HandshakeDoneFrame.class).count());
          // A tenth of the datagrams is lost, and yet every client hears of it.
          assertNotEquals(
              -1,
              client.indexOf(
                  e -> e instanceof Packet p && !p.sent() && p.has(HandshakeDoneFrame.class)));
        });
  }

  @Test
  @Requirement({"RFC9000-10.2.3#1", "RFC9000-10.2.2#1", "RFC9000-10.2.2#3"})
  void theEndIsSaidInOneRttAndNothingFollowsThePeers() {
    forEachConnection(
        (client, server) -> {
          List<Packet> closes =
              client.sent().stream().filter(p -> p.has(ConnectionCloseFrame.class)).toList();
          assertFalse(closes.isEmpty());
          assertTrue(closes.stream().allMatch(p -> p.type() == PacketType.ONE_RTT));
          int heard =
              server.indexOf(
                  e -> e instanceof Packet p && !p.sent() && p.has(ConnectionCloseFrame.class));
          assertTrue(
              heard < 0
                  || server.entries().stream()
                      .skip(heard)
                      .noneMatch(e -> e instanceof Packet p && p.sent()));
        });
  }

  @Test
  @Requirement({"RFC9000-5.1#1", "RFC9000-5.1#2", "RFC9000-5.1.1#1", "RFC9000-10.3.2#5"})
  void issuedConnectionIdsAreNewAndUnrelated() {
    forEachSide(
        log -> {
          Map<Long, NewConnectionIdFrame> issued = new HashMap<>();
          log.sentFrames(NewConnectionIdFrame.class).forEach(f -> issued.put(f.sequence(), f));
          assertEquals(
              issued.size(),
              issued.values().stream().map(NewConnectionIdFrame::id).distinct().count());
          assertEquals(
              issued.size(),
              issued.values().stream()
                  .map(f -> Arrays.toString(f.statelessResetToken().toArray()))
                  .distinct()
                  .count());
          assertEquals(
              issued.size(), issued.keySet().stream().mapToLong(Long::longValue).max().orElse(0));
        });
  }

  @Test
  @Requirement({"RFC9001-5.7#1", "RFC9001-5.7#2"})
  void oneRttPacketsWaitUntilTheHandshakeIsComplete() {
    int[] waited = {0};
    forEachConnection(
        (client, server) -> {
          for (PacketLog log : List.of(client, server)) {
            int complete = log.indexOf(e -> e instanceof PacketLog.Completed);
            assertTrue(complete >= 0);
            assertTrue(
                log.entries().stream()
                    .limit(complete)
                    .noneMatch(
                        e -> e instanceof Packet p && !p.sent() && p.type() == PacketType.ONE_RTT));
          }
          waited[0] += server.indexOf(e -> e instanceof PacketLog.Buffered) >= 0 ? 1 : 0;
        });
    assertTrue(waited[0] > 0, "it was put to the test");
  }

  @Test
  @Requirement({"RFC9000-13.2.5#1", "RFC9000-13.2.5#3"})
  void aDelayIsNoLongerThanWhatThisSideTook() {
    forEachSide(
        log -> {
          Map<Long, Long> came = new HashMap<>();
          for (PacketLog.Entry entry : log.entries()) {
            if (entry instanceof Packet p && p.type() == PacketType.ONE_RTT) {
              if (!p.sent()) {
                came.putIfAbsent(p.number(), p.time());
              } else {
                p.frames().stream()
                    .filter(AckFrame.class::isInstance)
                    .map(AckFrame.class::cast)
                    .forEach(ack -> assertDelay(ack, p.time() - came.get(largest(ack))));
              }
            }
          }
        });
  }

  private static long largest(AckFrame ack) {
    return ack.ranges().largest(0);
  }

  /** With the default exponent of 3 (RFC 9000 §18.2). */
  private static void assertDelay(AckFrame ack, long nanos) {
    assertTrue((ack.ackDelay() << 3) * 1000 <= nanos, () -> ack + " after " + nanos);
  }
}
