package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.sim.EndpointNode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A client and a server whose handshake is confirmed, and applications that note all events. */
final class Duo {
  final Simulation sim;
  final InetSocketAddress clientAddress;
  final InetSocketAddress serverAddress;
  final List<QuicEvent> clientEvents = new ArrayList<>();
  final List<QuicEvent> serverEvents = new ArrayList<>();
  final EndpointNode clientNode;
  final EndpointNode serverNode;
  final Connection client;
  final Connection server;

  /** Whether the applications take events. */
  boolean polling = true;

  /** What each side did with packets. */
  final PacketLog clientLog = new PacketLog();

  final PacketLog serverLog = new PacketLog();

  private long number = 100_000;

  /**
   * @param further addresses of the server besides the one that the client connects to
   */
  Duo(
      Simulation sim,
      TransportConfig forClient,
      TransportConfig forServer,
      Supplier<Link> kind,
      InetSocketAddress... further) {
    this.sim = sim;
    SplittableRandom random = sim.random();
    clientAddress = sim.address(1);
    serverAddress = sim.address(2);
    clientNode = sim.attach(clientAddress, node(random, clientEvents));
    serverNode = sim.attach(serverAddress, node(random, serverEvents));
    sim.bothWays(clientAddress, serverAddress, kind);
    for (InetSocketAddress address : further) {
      sim.attach(address, serverNode);
      sim.bothWays(clientAddress, address, kind);
    }
    serverNode
        .endpoint()
        .listen(
            TestPeers.server(random.split()).withTransport(forServer).withTracer(() -> serverLog));
    client =
        clientNode
            .endpoint()
            .connect(
                null,
                serverAddress,
                TestPeers.client(random.split())
                    .withTransport(forClient)
                    .withTracer(() -> clientLog),
                sim.now());
    sim.run(Duration.ofSeconds(30), () -> client.handshake.isConfirmed());
    server = serverNode.accepted().getFirst();
    sim.runFor(Duration.ofMillis(500));
  }

  Duo(TransportConfig forClient, TransportConfig forServer) {
    this(new Simulation(1), forClient, forServer, () -> new Link().delay(Simulation.ms(10)));
  }

  private EndpointNode node(SplittableRandom random, List<QuicEvent> events) {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        c -> {
          for (QuicEvent e = polling ? c.nextEvent() : null; e != null; e = c.nextEvent()) {
            events.add(e);
          }
        });
  }

  /** Both sides get to send what their applications have given them, and time passes. */
  void runFor(long millis) {
    clientNode.endpoint().touch(client);
    serverNode.endpoint().touch(server);
    sim.runFor(Duration.ofMillis(millis));
  }

  /** One side opens a stream and writes so many bytes. */
  void write(Connection from, int bytes) {
    from.openUni().write(new byte[bytes], 0, bytes);
    runFor(0);
  }

  /** The events of one kind among those that an application took. */
  static <E extends QuicEvent> List<E> events(List<QuicEvent> all, Class<E> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * Has packets that are made by hand from now on follow what this side has received, so that none
   * seems to be missing. Otherwise they leave room for real ones.
   */
  void leaveNoGap(Connection receiver) {
    number = SealedPackets.nextNumber(receiver);
  }

  /** A packet with this payload, as if the server had sent it. */
  byte[] fromServer(byte[] payload) {
    return SealedPackets.oneRtt(server, payload, number++);
  }

  /** A packet with this payload, as if the client had sent it. */
  byte[] fromClient(byte[] payload) {
    return SealedPackets.oneRtt(client, payload, number++);
  }

  /** Hands datagrams to the client's endpoint, all at once, without taking events after it. */
  void toClient(byte[]... datagrams) {
    deliver(clientNode, clientAddress, serverAddress, datagrams);
  }

  /** Hands datagrams to the server's endpoint, all at once, without taking events after it. */
  void toServer(byte[]... datagrams) {
    deliver(serverNode, serverAddress, clientAddress, datagrams);
  }

  private void deliver(
      EndpointNode node, InetSocketAddress local, InetSocketAddress remote, byte[]... datagrams) {
    DatagramBatch batch = new DatagramBatch(datagrams.length, 2048);
    for (byte[] datagram : datagrams) {
      System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
      batch.add(datagram.length, local, remote, 0);
    }
    node.endpoint().receive(batch, sim.now());
  }
}
