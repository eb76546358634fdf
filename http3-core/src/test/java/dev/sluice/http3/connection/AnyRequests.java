package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.AnyNetwork;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Exchanges between two live ends over a network that a seed makes up, with everything that either
 * end does made up too. Half of the runs are patient: all that is said is finished and has arrived
 * before anybody closes; in the others everything may be broken off at any time.
 */
final class AnyRequests {
  /** Longer than any of these networks takes. */
  private static final Duration LONG = Duration.ofDays(40 * 365);

  private static final Duration PATIENCE = Duration.ofDays(1_000);
  private static final Duration FOREVER = Duration.ofDays(100 * 365);

  /** One end. */
  private final class End {
    final Correspondent correspondent;
    final InetSocketAddress address;
    EndpointNode node;
    Connection quic;
    Http3Connection http;

    End(boolean client, int host) {
      correspondent = new Correspondent(client, random.split(), this::later, patient);
      address = sim.address(host);
      node = new EndpointNode(TestPeers.endpoint(random.split()), this::onEvents);
      sim.attach(address, node);
    }

    private void onEvents(Connection any) {
      if (quic == null) {
        quic = any;
        http = new Http3Connection(any, config, new Random(1));
      }
      if (any == quic) {
        process();
      }
    }

    void process() {
      http.process();
      for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
        correspondent.on(e);
        if (e instanceof Http3Event.RequestsAvailable) {
          askAgain();
        }
      }
    }

    /** Does something now, unless the connection is not there or over. */
    void now(Runnable action) {
      if (http != null && http.ending() == null) {
        action.run();
        process();
        node.endpoint().touch(quic);
      }
    }

    void later(Runnable action) {
      plan(() -> now(action));
    }
  }

  private final Simulation sim;
  private final SplittableRandom random;
  private final AnyNetwork network;
  private final boolean patient;
  private final Http3Config config;
  private final TransportConfig transport;
  private final End client;
  private final End server;
  private int wanted;
  private int waiting;
  private int planned;

  AnyRequests(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.network = new AnyNetwork(sim, random);
    this.patient = random.nextBoolean();
    this.config = config();
    this.transport = transport();
    this.wanted = 1 + random.nextInt(12);
    this.client = new End(true, 1);
    this.server = new End(false, 2);
  }

  private Http3Config config() {
    return random.nextBoolean()
        ? Http3Config.DEFAULT.withQpack(0, 0)
        : Http3Config.DEFAULT.withQpack(random.nextInt(500), random.nextInt(5));
  }

  private TransportConfig transport() {
    TransportConfig any =
        TransportConfig.DEFAULTS
            .withHandshakeTimeout(LONG)
            .withIdleTimeout(LONG)
            .withUnreadRetention(FOREVER);
    if (random.nextInt(3) > 0) {
      return any;
    }
    int window = 1_000 + random.nextInt(10_000);
    return any.withStreams(
        StreamConfig.DEFAULT.withLimits(
            new StreamLimits(2 * window, window, window, window, 1 + random.nextInt(3), 3)));
  }

  /** What is planned is counted, so that nobody closes before it has happened. */
  private void plan(Runnable action) {
    planned++;
    network.sometime(
        () -> {
          planned--;
          action.run();
        });
  }

  /** Runs it, and holds what either end has heard against what the other has said. */
  void run() {
    connect();
    arrange();
    await(patient ? this::isAllDone : () -> planned == 0 || isOver());
    client.now(() -> client.http.close(Http3Error.H3_NO_ERROR, "bye"));
    if (client.quic.ending() != null && server.quic == null) {
      return; // nobody is there who could have heard something
    }
    await(this::isOver);
    sim.runFor(Duration.ofMinutes(1));
    check();
  }

  private void connect() {
    network.join(client.address, server.address);
    // A late Initial makes another connection, which nobody asks about.
    Iterator<Tracer> first = List.<Tracer>of(server.correspondent.arrivals).iterator();
    server
        .node
        .endpoint()
        .listen(
            TestPeers.server(random.split())
                .withTransport(transport)
                .withTracer(() -> first.hasNext() ? first.next() : Tracer.NONE));
    client.onEvents(
        client
            .node
            .endpoint()
            .connect(
                null,
                server.address,
                TestPeers.client(random.split())
                    .withTransport(transport)
                    .withTracer(() -> client.correspondent.arrivals),
                sim.now()));
  }

  /** What either end does, and when. */
  private void arrange() {
    for (int i = wanted; i > 0; i--) {
      client.later(this::ask);
    }
    for (int i = patient ? 0 : random.nextInt(6); i > 0; i--) {
      End end = random.nextBoolean() ? client : server;
      end.later(end.correspondent::act);
    }
    if (random.nextInt(4) == 0) {
      server.later(this::goaway);
    }
    if (!patient && random.nextInt(3) == 0) {
      End end = random.nextBoolean() ? client : server;
      end.later(() -> end.http.close(Http3Error.H3_NO_ERROR, "bye"));
    }
  }

  private void ask() {
    if (!client.http.canOpenRequests()) {
      wanted = 0;
    } else if (client.correspondent.ask(client.http)) {
      wanted--;
    } else {
      waiting++;
    }
  }

  /** The server allows more. */
  private void askAgain() {
    int times = waiting;
    waiting = 0;
    for (int i = 0; i < times; i++) {
      client.later(this::ask);
    }
  }

  /** Takes no more requests; who is patient has taken all of them first. */
  private void goaway() {
    int heard = server.correspondent.heard.size();
    if (!patient || wanted == 0 && heard == client.correspondent.heard.size()) {
      server.http.goaway();
    }
  }

  private boolean isOver() {
    return client.quic.ending() != null && server.quic != null && server.quic.ending() != null;
  }

  private boolean isAllDone() {
    return isOver()
        || planned == 0
            && wanted == 0
            && client.correspondent.isDone()
            && server.correspondent.isDone();
  }

  private void await(BooleanSupplier reached) {
    boolean[] over = {false};
    sim.at(sim.elapsed().plus(PATIENCE), () -> over[0] = true);
    sim.run(PATIENCE, () -> over[0] || reached.getAsBoolean());
    if (!reached.getAsBoolean()) {
      network.heal();
      sim.run(FOREVER, reached);
    }
  }

  private void check() {
    hearOut(client);
    hearOut(server);
    boolean sectionsNeverWait = config.qpackMaxTableCapacity() == 0;
    client.correspondent.assertHeard(server.correspondent, client.quic.ending(), sectionsNeverWait);
    server.correspondent.assertHeard(client.correspondent, server.quic.ending(), sectionsNeverWait);
    if (patient) {
      for (End end : List.of(client, server)) {
        end.correspondent
            .heard
            .values()
            .forEach(one -> assertInstanceOf(RequestEnding.Complete.class, one.ending));
      }
    }
  }

  private static void hearOut(End end) {
    end.process();
    end.correspondent.hearOut();
    end.process();
    assertEquals(1, end.correspondent.connectionEnded);
  }
}
