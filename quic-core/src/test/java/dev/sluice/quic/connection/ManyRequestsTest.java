package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Far more requests, each on a stream of its own, than may be under way (RFC 9000 §4.6). */
class ManyRequestsTest {
  private static final int ROUND_TRIP_MILLIS = 100;

  private final Simulation sim = new Simulation(1);
  private final byte[] message = new byte[100];
  private final Map<Long, SendStream> answers = new HashMap<>();
  private final PacketLog log = new PacketLog();
  private Connection client;
  private int wanted;
  private int opened;
  private int answered;
  private int most;

  /** Runs so many requests; gives the milliseconds that it took. */
  private long run(int requests, int limit, double loss) {
    wanted = requests;
    SplittableRandom random = sim.random();
    InetSocketAddress there = sim.address(2);
    EndpointNode clientNode =
        sim.attach(sim.address(1), new EndpointNode(TestPeers.endpoint(random.split()), this::ask));
    EndpointNode serverNode =
        sim.attach(there, new EndpointNode(TestPeers.endpoint(random.split()), this::answer));
    sim.bothWays(
        sim.address(1), there, () -> new Link().delay(ms(ROUND_TRIP_MILLIS / 2)).loss(loss));
    StreamLimits limits = new StreamLimits(1 << 20, 1 << 16, 1 << 16, 1 << 16, limit, 3);
    TransportConfig config =
        TransportConfig.DEFAULTS.withStreams(StreamConfig.DEFAULT.withLimits(limits));
    serverNode
        .endpoint()
        .listen(TestPeers.server(random.split()).withTransport(config).withTracer(() -> log));
    client =
        clientNode.endpoint().connect(null, there, TestPeers.client(random.split()), sim.now());
    sim.run(Duration.ofSeconds(10), () -> opened > 0);
    long begun = sim.now();
    sim.run(Duration.ofMinutes(5), () -> answered == requests);
    assertEquals(requests, answered);
    assertNull(client.ending());
    assertTrue(most <= 2 * limit, most + " at once, half of them answered");
    return (sim.now() - begun) / 1_000_000;
  }

  private void ask(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      switch (e) {
        case QuicEvent.HandshakeComplete complete -> openAll(connection);
        case QuicEvent.StreamsAvailable available -> openAll(connection);
        case QuicEvent.Readable(RecvStream stream) -> answered += isRead(stream) ? 1 : 0;
        default -> {}
      }
    }
  }

  private void openAll(Connection connection) {
    while (opened < wanted) {
      BidiStream stream = connection.openBidi();
      if (stream == null) {
        return;
      }
      opened++;
      most = Math.max(most, opened - answered);
      stream.send().write(message, 0, message.length);
      stream.send().finish();
    }
  }

  private void answer(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.PeerOpened(RecvStream recv, SendStream send)) {
        answers.put(recv.id(), send);
      } else if (e instanceof QuicEvent.Readable(RecvStream stream) && isRead(stream)) {
        SendStream send = answers.remove(stream.id());
        send.write(message, 0, message.length);
        send.finish();
      }
    }
  }

  private boolean isRead(RecvStream stream) {
    byte[] target = new byte[1000];
    int n = stream.read(target, 0, target.length);
    while (n > 0) {
      n = stream.read(target, 0, target.length);
    }
    return n == RecvStream.ENDED;
  }

  /**
   * A place is free again when the answer on it was sent, and the client knows when it has it: so
   * each place serves a request in every round trip, and never waits longer.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 100})
  @Requirement({"RFC9000-4.6#2", "RFC9000-4.6#6"})
  void aPlaceIsUsedAgainAfterARoundTrip(int limit) {
    int rounds = 20;
    long took = run(rounds * limit, limit, 0);
    long least = (long) rounds * ROUND_TRIP_MILLIS;
    assertTrue(took >= least, took + " ms cannot be");
    // Where one packet carries all, its acknowledgment may wait for max_ack_delay.
    long late = rounds * LocalParameters.MAX_ACK_DELAY_MILLIS;
    assertTrue(took <= least + late + ROUND_TRIP_MILLIS, took + " ms instead of " + least);
    long frames = log.sentFrames(MaxStreamsFrame.class).count();
    assertTrue(frames <= rounds * Math.min(limit, 5), frames + " MAX_STREAMS frames");
  }

  @Test
  void asManyAsThereArePlacesTakeOneRoundTrip() {
    long took = run(50, 50, 0); // which the first window carries
    assertTrue(took <= ROUND_TRIP_MILLIS + 5, took + " ms");
  }

  @Test
  void lostFramesDelayItAndNoMore() {
    long took = run(1000, 50, 0.1);
    assertTrue(took < 40_000, took + " ms");
  }
}
