package dev.sluice.bench.micro;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * neqo's simulated workloads: a connection through a virtual network of 20 ms, on which a client
 * sends streams of some bytes. What counts is the real time that the simulation takes, handshake
 * included.
 */
@State(Scope.Thread)
public class SimulatedStreamsBenchmark {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration DELAY = Duration.ofMillis(10);

  /** How many streams, and the bytes on each. */
  @Param({"1x1000", "1000x1", "1000x1000"})
  public String streams;

  private final byte[] content = new byte[1000];
  private final byte[] target = new byte[1 << 14];
  private int count;
  private int size;
  private int opened;
  private int finished;

  /** From the first datagram to the end of the last stream. */
  @Benchmark
  public int carry() {
    String[] parts = streams.split("x");
    count = Integer.parseInt(parts[0]);
    size = Integer.parseInt(parts[1]);
    opened = 0;
    finished = 0;
    Simulation sim = new Simulation(1);
    SplittableRandom random = sim.random();
    InetSocketAddress clientAddress = sim.address(1);
    InetSocketAddress serverAddress = sim.address(2);
    EndpointNode client = sim.attach(clientAddress, node(random));
    EndpointNode server = sim.attach(serverAddress, node(random));
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(DELAY));
    server.endpoint().listen(BenchPeers.server(random.split()));
    client.endpoint().connect(null, serverAddress, BenchPeers.client(random.split()), sim.now());
    sim.run(LIMIT, () -> finished == count);
    return finished;
  }

  private EndpointNode node(SplittableRandom random) {
    return new EndpointNode(new Endpoint(EndpointConfig.of(random.split())), this::react);
  }

  private void react(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      switch (e) {
        case QuicEvent.HandshakeComplete complete when connection.isClient() -> open(connection);
        case QuicEvent.StreamsAvailable available when connection.isClient() -> open(connection);
        case QuicEvent.Readable(RecvStream in) -> read(in);
        default -> {}
      }
    }
  }

  private void open(Connection connection) {
    while (opened < count) {
      SendStream stream = connection.openUni();
      if (stream == null) {
        return;
      }
      opened++;
      stream.write(content, 0, size);
      stream.finish();
    }
  }

  private void read(RecvStream in) {
    int n = in.read(target, 0, target.length);
    while (n > 0) {
      n = in.read(target, 0, target.length);
    }
    if (n == RecvStream.ENDED) {
      finished++;
    }
  }
}
