package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A client that sends on several streams at once, as much as it is let, and a server that reads;
 * with what the server allowed on the way.
 */
final class Uploads {
  final Simulation sim;
  final Connection client;

  /** Bytes read by the server, by stream, and when the end of it was read. */
  final Map<Long, Long> read = new LinkedHashMap<>();

  final Map<Long, Long> endedAt = new HashMap<>();

  /** The largest receive windows so far: what the server allowed beyond what it had read. */
  long largestStreamWindow;

  long largestConnectionWindow;

  private final EndpointNode clientNode;
  private final EndpointNode serverNode;
  private final boolean eager;
  private final Map<Long, RecvStream> arriving = new HashMap<>();
  private final Map<Long, Long> left = new HashMap<>();
  private final byte[] chunk = new byte[1 << 18];
  private final byte[] target = new byte[1 << 18];

  /**
   * @param eager whether the server reads whatever comes at once; else only {@link #readAtMost}
   */
  Uploads(
      Simulation sim,
      TransportConfig ofClient,
      TransportConfig ofServer,
      Supplier<Link> kind,
      boolean eager) {
    this.sim = sim;
    this.eager = eager;
    SplittableRandom random = sim.random();
    InetSocketAddress there = sim.address(2);
    clientNode =
        sim.attach(
            sim.address(1),
            new EndpointNode(TestPeers.endpoint(random.split()), this::onClientEvents));
    serverNode =
        sim.attach(
            there, new EndpointNode(TestPeers.endpoint(random.split()), this::onServerEvents));
    sim.bothWays(sim.address(1), there, kind);
    serverNode
        .endpoint()
        .listen(
            TestPeers.server(random.split())
                .withTransport(ofServer)
                .withTracer(() -> (Tracer) this::onServerTrace));
    client =
        clientNode
            .endpoint()
            .connect(
                null, there, TestPeers.client(random.split()).withTransport(ofClient), sim.now());
    sim.run(Duration.ofSeconds(30), () -> client.handshake.isConfirmed());
    sim.runFor(Duration.ofSeconds(1));
  }

  Connection server() {
    return serverNode.accepted().getFirst();
  }

  /** The client sends so many bytes on a stream of their own. */
  SendStream send(long bytes) {
    SendStream stream = client.openUni();
    left.put(stream.id(), bytes);
    write(stream);
    clientNode.endpoint().touch(client);
    return stream;
  }

  void runFor(Duration time) {
    clientNode.endpoint().touch(client);
    serverNode.endpoint().touch(server());
    sim.runFor(time);
  }

  /** The server reads of all streams together no more than this. */
  void readAtMost(int bytes) {
    int rest = bytes;
    for (RecvStream stream : arriving.values()) {
      rest -= read(stream, rest);
    }
    serverNode.endpoint().touch(server());
  }

  /** Bytes that the server has read of all streams. */
  long read() {
    return read.values().stream().mapToLong(Long::longValue).sum();
  }

  private void onClientEvents(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.Writable(SendStream stream)) {
        write(stream);
      }
    }
  }

  private void write(SendStream stream) {
    long rest = left.get(stream.id());
    int taken = stream.write(chunk, 0, (int) Math.min(rest, chunk.length));
    while (taken > 0 && rest > 0) {
      rest -= taken;
      taken = stream.write(chunk, 0, (int) Math.min(rest, chunk.length));
    }
    left.put(stream.id(), rest);
    if (rest == 0) {
      stream.finish();
    }
  }

  private void onServerEvents(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      switch (e) {
        case QuicEvent.PeerOpened(RecvStream recv, SendStream send) -> {
          arriving.put(recv.id(), recv);
          read.put(recv.id(), 0L);
        }
        case QuicEvent.Readable(RecvStream stream) when eager -> read(stream, Integer.MAX_VALUE);
        default -> {}
      }
    }
  }

  private int read(RecvStream stream, int most) {
    int done = 0;
    int n = RecvStream.NOTHING_NOW;
    while (done < most && (n = stream.read(target, 0, Math.min(target.length, most - done))) > 0) {
      done += n;
      read.merge(stream.id(), (long) n, Long::sum);
    }
    if (n == RecvStream.ENDED) {
      endedAt.putIfAbsent(stream.id(), sim.now());
    }
    return done;
  }

  private void onServerTrace(long now, TraceEvent event) {
    if (event instanceof TraceEvent.PacketSent sent) {
      sent.frames()
          .forEach(
              frame -> {
                if (frame instanceof MaxStreamDataFrame f) {
                  largestStreamWindow =
                      Math.max(largestStreamWindow, f.maximum() - read.get(f.streamId()));
                } else if (frame instanceof MaxDataFrame f) {
                  largestConnectionWindow = Math.max(largestConnectionWindow, f.maximum() - read());
                }
              });
    }
  }
}
