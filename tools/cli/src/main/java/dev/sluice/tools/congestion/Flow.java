package dev.sluice.tools.congestion;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A server that sends to a client for as long as it may, through a bottleneck. */
final class Flow {
  private static final int CHUNK = 1 << 16;
  private static final int SERVERS_FROM = 100;

  private final Simulation sim;
  private final byte[] chunk = new byte[CHUNK];
  private final List<Sample> samples = new ArrayList<>();
  private Connection sender;
  private long received;
  private long receivedBefore;

  /**
   * @param number of the flow, from 1
   */
  Flow(
      Simulation sim,
      int number,
      Scenario scenario,
      TransportConfig transport,
      Link bottleneck,
      Peers peers) {
    this.sim = sim;
    InetSocketAddress here = sim.address(number);
    InetSocketAddress there = sim.address(SERVERS_FROM + number);
    EndpointNode client =
        sim.attach(
            here, new EndpointNode(new Endpoint(EndpointConfig.of(sim.random())), this::receive));
    EndpointNode server =
        sim.attach(
            there, new EndpointNode(new Endpoint(EndpointConfig.of(sim.random())), this::send));
    sim.route(there, here, bottleneck, new Link().delay(scenario.roundTrip().dividedBy(2)));
    sim.route(here, there, new Link().delay(scenario.roundTrip().dividedBy(2)));
    server.endpoint().listen(peers.server().withTransport(transport));
    sim.at(
        scenario.starts().get(number - 1),
        () ->
            client
                .endpoint()
                .connect(here, there, peers.client().withTransport(transport), sim.now()));
  }

  private void send(Connection connection) {
    sender = connection;
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      switch (e) {
        case QuicEvent.HandshakeComplete complete -> write(connection.openUni());
        case QuicEvent.Writable(SendStream stream) -> write(stream);
        case QuicEvent.Ended(var ending) ->
            throw new IllegalStateException("the connection ended: " + ending);
        default -> {}
      }
    }
  }

  private void write(SendStream stream) {
    int taken;
    do {
      taken = stream.write(chunk, 0, chunk.length);
    } while (taken == chunk.length);
  }

  private void receive(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.Readable(RecvStream stream)) {
        for (int n = stream.read(chunk, 0, CHUNK); n > 0; n = stream.read(chunk, 0, CHUNK)) {
          received += n;
        }
      }
    }
  }

  /** Notes how it goes. */
  void sample() {
    if (sender != null) {
      ConnectionStats stats = sender.stats();
      samples.add(
          new Sample(
              sim.elapsed().toNanos() / 1e9,
              stats.congestionWindow(),
              stats.latestRtt() / 1e6,
              received - receivedBefore));
      receivedBefore = received;
    }
  }

  List<Sample> samples() {
    return samples;
  }

  /** Bytes of the stream that the client has read. */
  long received() {
    return received;
  }

  /** Packets lost, as the sender sees it, of those sent. */
  double lossRate() {
    ConnectionStats stats = sender.stats();
    return (double) stats.packetsLost() / stats.packetsSent();
  }
}
