package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.AnyNetwork;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Two live ends with an application each, over a network that a seed makes up. Half of the runs are
 * patient: all that is said is finished and has arrived before anybody closes; in the others
 * everything may be broken off at any time.
 */
public final class AnyEnds {
  /** Longer than any of these networks takes. */
  private static final Duration LONG = Duration.ofDays(40 * 365);

  private static final Duration PATIENCE = Duration.ofDays(1_000);
  private static final Duration FOREVER = Duration.ofDays(100 * 365);

  /** The settings under which nothing ends by itself, and nothing that is unread is dropped. */
  public static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS
          .withHandshakeTimeout(LONG)
          .withIdleTimeout(LONG)
          .withUnreadRetention(FOREVER);

  /** What is on an end. */
  public interface Application {
    /** Hears of the connection's packets. */
    Tracer arrivals();

    /** The connection has begun. */
    default void begin(Http3Connection http) {}

    /** Something has happened. */
    void on(Http3Event event, long now);

    /** Everything that had happened was told. */
    default void settle() {}
  }

  /** One end. */
  public final class End {
    private final Http3Config config;
    private final Application application;
    private final InetSocketAddress address;
    private final EndpointNode node;
    private Connection quic;
    private Http3Connection http;
    private int connectionEnded;

    private End(int host, Http3Config config, Application application) {
      this.config = config;
      this.application = application;
      this.address = sim.address(host);
      this.node = new EndpointNode(TestPeers.endpoint(random.split()), this::onEvents);
      sim.attach(address, node);
    }

    /** Null before anything of the peer has come. */
    public Http3Connection http() {
      return http;
    }

    private void onEvents(Connection any) {
      if (quic == null) {
        quic = any;
        http = new Http3Connection(any, config, new Random(1));
        application.begin(http);
      }
      if (any == quic) {
        process();
      }
    }

    private void process() {
      http.process();
      for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
        connectionEnded += e instanceof Http3Event.ConnectionEnded ? 1 : 0;
        application.on(e, sim.now(address));
      }
      application.settle();
    }

    /** Does something now, unless the connection is not there or over. */
    public void now(Runnable action) {
      if (http != null && http.ending() == null) {
        action.run();
        process();
        node.endpoint().touch(quic);
      }
    }

    /** Does it at another time. */
    public void later(Runnable action) {
      planned++;
      network.sometime(
          () -> {
            planned--;
            now(action);
          });
    }

    /** Takes what is left, after the end, of which there has been one. */
    public void hearOut(Runnable read) {
      process();
      read.run();
      process();
      assertEquals(1, connectionEnded);
    }

    private void close() {
      http.close(Http3Error.H3_NO_ERROR, "bye");
    }

    private boolean isOver() {
      return quic != null && quic.ending() != null;
    }
  }

  private final Simulation sim;
  private final SplittableRandom random;
  private final AnyNetwork network;
  private final boolean patient;
  private End client;
  private End server;

  /** What is planned is counted, so that nobody closes before it has happened. */
  private int planned;

  /** What the simulation's source of chance says. */
  public AnyEnds(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.network = new AnyNetwork(sim, random);
    this.patient = random.nextBoolean();
  }

  /** Makes up the rest, in the order in which it is asked. */
  public SplittableRandom random() {
    return random;
  }

  /** Whether nobody breaks off what was begun. */
  public boolean isPatient() {
    return patient;
  }

  /** The end that will connect. */
  public End client(Http3Config config, Application application) {
    client = new End(1, config, application);
    return client;
  }

  /** The end that will be connected to. */
  public End server(Http3Config config, Application application) {
    server = new End(2, config, application);
    return server;
  }

  /** Begins. */
  public void connect(TransportConfig transport) {
    network.join(client.address, server.address);
    // A late Initial makes another connection, which nobody asks about.
    Iterator<Tracer> first = List.of(server.application.arrivals()).iterator();
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
                    .withTracer(client.application::arrivals),
                sim.now()));
  }

  /** Has somebody close at some time, in some runs. */
  public void closeSometime() {
    if (!patient && random.nextInt(3) == 0) {
      End end = random.nextBoolean() ? client : server;
      end.later(end::close);
    }
  }

  /**
   * Waits until all that was planned has happened, and more: in patient runs until all that was
   * said has arrived.
   */
  public void awaitPlanned(BooleanSupplier arrived) {
    await(() -> isOver() || planned == 0 && (!patient || arrived.getAsBoolean()));
  }

  /** Waits until something is so, or everything is over. */
  public void awaitUnlessOver(BooleanSupplier reached) {
    await(() -> isOver() || reached.getAsBoolean());
  }

  /**
   * Closes at the client, and waits until both ends know.
   *
   * @return false when there has never been a server that could have heard something
   */
  public boolean close() {
    client.now(client::close);
    if (client.isOver() && server.quic == null) {
      return false;
    }
    await(this::isOver);
    sim.runFor(Duration.ofMinutes(1));
    return true;
  }

  private boolean isOver() {
    return client.isOver() && server.isOver();
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
}
