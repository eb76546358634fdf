package dev.sluice.http3.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.SealedPackets;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * HTTP/3 at both ends of two live QUIC connections on a simulated network, 10 ms apart; packets
 * made by hand can be slipped in under the connections' own keys.
 */
final class LivePair {

  private static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON);

  /** One end. */
  static final class Side {
    final List<Http3Event> events = new ArrayList<>();
    final InetSocketAddress address;
    EndpointNode node;
    Connection quic;
    Http3Connection http;

    Side(InetSocketAddress address) {
      this.address = address;
    }

    /** The application takes its events. */
    void takeEvents() {
      http.process();
      Pair.take(http, events);
    }

    <T extends Http3Event> T event(Class<T> kind) {
      return Pair.only(events, kind);
    }

    <T extends Http3Event> List<T> all(Class<T> kind) {
      return Pair.all(events, kind);
    }

    /** What was done to its connection outside of the simulation is to have its effect. */
    void touch() {
      node.endpoint().touch(quic);
    }
  }

  final Simulation sim;
  final Side client;
  final Side server;

  /** Both ways between the two. */
  final Link toServer = new Link().delay(Simulation.ms(10));

  final Link toClient = new Link().delay(Simulation.ms(10));

  private final Map<Connection, Http3Connection> https = new IdentityHashMap<>();
  private final Http3Config config;
  private long packetNumber;

  LivePair(Simulation sim) {
    this(sim, Http3Config.DEFAULT, Tracer.NONE, Tracer.NONE);
  }

  /** Watched, and with other settings. */
  LivePair(Simulation sim, Http3Config config, Tracer atClient, Tracer atServer) {
    this.config = config;
    this.sim = sim;
    SplittableRandom random = sim.random();
    client = new Side(sim.address(1));
    server = new Side(sim.address(2));
    client.node = sim.attach(client.address, node(random, client));
    server.node = sim.attach(server.address, node(random, server));
    sim.route(client.address, server.address, toServer);
    sim.route(server.address, client.address, toClient);
    server
        .node
        .endpoint()
        .listen(
            TestPeers.server(random.split()).withTransport(TRANSPORT).withTracer(() -> atServer));
    client.quic =
        client
            .node
            .endpoint()
            .connect(
                null,
                server.address,
                TestPeers.client(random.split())
                    .withTransport(TRANSPORT)
                    .withTracer(() -> atClient),
                sim.now());
    sim.run(Duration.ofSeconds(30), () -> !client.all(Http3Event.SettingsReceived.class).isEmpty());
    server.quic = server.node.accepted().getFirst();
    run(500);
  }

  LivePair() {
    this(new Simulation(1));
  }

  private EndpointNode node(SplittableRandom random, Side side) {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        quic -> {
          side.http = https.computeIfAbsent(quic, this::http);
          side.takeEvents();
        });
  }

  private Http3Connection http(Connection quic) {
    return new Http3Connection(quic, config, new Random(1));
  }

  /** Time passes, and both sides do what they have to. */
  void run(long millis) {
    client.touch();
    server.touch();
    sim.runFor(Duration.ofMillis(millis));
  }

  /**
   * A packet with this payload, as if this side had sent it behind all others; what it sends itself
   * from now on counts as repeated.
   */
  byte[] from(Side side, byte[] payload) {
    Side other = side == client ? server : client;
    packetNumber = Math.max(packetNumber, SealedPackets.nextNumber(other.quic));
    return SealedPackets.oneRtt(side.quic, payload, packetNumber++);
  }

  /** A packet with these frames, as if this side had sent it. */
  byte[] from(Side side, List<? extends Frame> frames) {
    return from(side, SealedPackets.payload(frames));
  }

  /** Hands datagrams to a side's endpoint, all at once; its application hears nothing of it. */
  void deliver(Side to, byte[]... datagrams) {
    DatagramBatch batch = new DatagramBatch(datagrams.length, 2048);
    for (byte[] datagram : datagrams) {
      System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
      batch.add(datagram.length, to.address, to == client ? server.address : client.address, 0);
    }
    to.node.endpoint().receive(batch, sim.now());
  }

  /** Time passes from deadline to deadline at one side, and what it sends gets lost. */
  void waitAlone(Side side, BooleanSupplier reached) {
    Endpoint endpoint = side.node.endpoint();
    DatagramBatch out = new DatagramBatch(16, 2048);
    long now = sim.now();
    for (int steps = 0; !reached.getAsBoolean(); steps++) {
      if (steps == 1000) {
        throw new AssertionError("it never comes");
      }
      now = Math.max(now, endpoint.nextDeadline());
      endpoint.onDeadline(now);
      endpoint.touch(side.quic);
      while (endpoint.nextTouched() != null) {}
      do {
        out.clear();
      } while (endpoint.send(now, out));
    }
  }
}
