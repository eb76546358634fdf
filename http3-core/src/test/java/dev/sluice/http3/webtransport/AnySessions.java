package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.AnyNetwork;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Sessions between two live ends over a network that a seed makes up, with everything that either
 * end does made up too. Half of the runs are patient: all that is said is finished and has arrived
 * before anybody closes; in the others everything may be broken off at any time.
 */
final class AnySessions {
  /** Longer than any of these networks takes. */
  private static final Duration LONG = Duration.ofDays(40 * 365);

  private static final Duration PATIENCE = Duration.ofDays(1_000);
  private static final Duration FOREVER = Duration.ofDays(100 * 365);

  /** One end. */
  private final class End {
    final Talker talker;
    final InetSocketAddress address;
    EndpointNode node;
    Connection quic;
    Http3Connection http;
    WebTransportSessions sessions;
    boolean goaway;
    int connectionEnded;

    End(boolean client, int host) {
      talker = new Talker(client, random.split(), this::later, patient);
      address = sim.address(host);
      node = new EndpointNode(TestPeers.endpoint(random.split()), this::onEvents);
      sim.attach(address, node);
    }

    private void onEvents(Connection any) {
      if (quic == null) {
        quic = any;
        http = new Http3Connection(any, config.applyTo(Http3Config.DEFAULT), new Random(1));
        sessions = new WebTransportSessions(http, config);
      }
      if (any == quic) {
        process();
      }
    }

    private void process() {
      http.process();
      for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
        if (e instanceof Http3Event.ConnectionEnded) {
          connectionEnded++;
        }
        sessions.onEvent(e, sim.now(address));
        tell();
      }
      tell();
    }

    private void tell() {
      for (var e = sessions.nextEvent(); e != null; e = sessions.nextEvent()) {
        talker.on(e);
      }
      if (talker.client && sessions.selection() != null) {
        ask();
      }
    }

    /** Asks for a session that is still to be asked for, when there may be one more. */
    private void ask() {
      while (wanted > 0 && !http.isGoingAway() && sessions.sessionCredit() > 0) {
        WebTransportSession session =
            sessions.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
        if (session == null) {
          return;
        }
        talker.sessions.add(session);
        wanted--;
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

    /** Takes no more sessions; who is patient has taken all of them first. */
    void goaway() {
      if (!patient || wanted == 0 && talker.sessions.size() == client.talker.sessions.size()) {
        goaway = true;
        http.goaway();
      }
    }
  }

  private final Simulation sim;
  private final SplittableRandom random;
  private final AnyNetwork network;
  private final boolean patient;
  private final WebTransportConfig config;
  private final End client;
  private final End server;
  private int wanted;
  private int planned;

  AnySessions(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.network = new AnyNetwork(sim, random);
    this.patient = random.nextBoolean();
    this.config = config();
    this.wanted = 1 + random.nextInt(3);
    this.client = new End(true, 1);
    this.server = new End(false, 2);
  }

  private WebTransportConfig config() {
    WebTransportVersion[] all = WebTransportVersion.values();
    WebTransportConfig any =
        WebTransportConfig.DEFAULT
            .withVersions(Set.of(all[random.nextInt(all.length)]))
            .withMaxSessions(1 + random.nextInt(3));
    return random.nextInt(3) == 0
        ? any.withFlowControl(
            1 + random.nextInt(3), 1 + random.nextInt(3), 500 + random.nextInt(20_000))
        : any;
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

  private TransportConfig transport() {
    return TransportConfig.DEFAULTS
        .withDatagrams(DatagramConfig.ON)
        .withHandshakeTimeout(LONG)
        .withIdleTimeout(LONG);
  }

  /** Runs it, and holds what either end has heard against what the other has said. */
  void run() {
    connect();
    arrange();
    await(patient ? this::isAllSaid : () -> planned == 0 || isOver());
    wanted = 0;
    client.talker.sessions.forEach(s -> client.now(() -> s.close(9, "done")));
    if (patient) {
      await(() -> server.talker.sessions.stream().allMatch(s -> s.ending() != null) || isOver());
    }
    client.now(() -> client.http.close(Http3Error.H3_NO_ERROR, "bye"));
    if (client.quic.ending() != null && server.quic == null) {
      return; // nobody is there who could have heard something
    }
    await(this::isOver);
    sim.runFor(Duration.ofMinutes(1));
    client.process();
    server.process();
    check();
  }

  private void connect() {
    network.join(client.address, server.address);
    // A late Initial makes another connection, which nobody asks about.
    Iterator<Tracer> first = List.<Tracer>of(server.talker.arrivals).iterator();
    server
        .node
        .endpoint()
        .listen(
            TestPeers.server(random.split())
                .withTransport(transport())
                .withTracer(() -> first.hasNext() ? first.next() : Tracer.NONE));
    client.onEvents(
        client
            .node
            .endpoint()
            .connect(
                null,
                server.address,
                TestPeers.client(random.split())
                    .withTransport(transport())
                    .withTracer(() -> client.talker.arrivals),
                sim.now()));
  }

  /** What either end does, and when. */
  private void arrange() {
    for (int i = random.nextInt(40); i > 0; i--) {
      End end = random.nextBoolean() ? client : server;
      end.later(end.talker::act);
    }
    if (random.nextInt(4) == 0) {
      server.later(server::goaway);
    }
    if (!patient && random.nextInt(3) == 0) {
      End end = random.nextBoolean() ? client : server;
      end.later(() -> end.http.close(Http3Error.H3_NO_ERROR, "bye"));
    }
  }

  private boolean isOver() {
    return client.quic.ending() != null && server.quic != null && server.quic.ending() != null;
  }

  private boolean isAllSaid() {
    return isOver()
        || planned == 0
            && client.sessions.selection() != null
            && client.talker.isHeard()
            && server.talker.isHeard()
            && client.talker.established.containsAll(client.talker.sessions);
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
    client.talker.hearOut();
    server.talker.hearOut();
    client.talker.assertHeard(server.talker);
    server.talker.assertHeard(client.talker);
    assertEquals(1, client.connectionEnded);
    assertEquals(1, server.connectionEnded);
    assertDraining(client, server);
    assertDraining(server, client);
    if (patient) {
      assertTrue(
          client.talker.isHeard(), () -> client.quic.ending() + ": " + client.talker.said.values());
      assertTrue(
          server.talker.isHeard(), () -> server.quic.ending() + ": " + server.talker.said.values());
      for (SessionEnding ending : server.talker.endings.values()) {
        assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, 9, "done"), ending);
      }
    }
  }

  /** Nobody is asked to wind down unless somebody asked. */
  private static void assertDraining(End told, End asking) {
    for (WebTransportSession session : told.talker.draining) {
      assertTrue(
          asking.goaway || asking.talker.drained.stream().anyMatch(s -> s.id() == session.id()),
          "nobody has asked to drain");
    }
  }
}
