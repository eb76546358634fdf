package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.trace.Tracer;
import java.util.List;
import java.util.SplittableRandom;

/** Exchanges between {@link AnyEnds}, with everything that either end does made up too. */
final class AnyRequests {
  /** One end. */
  private final class Side implements AnyEnds.Application {
    final Correspondent correspondent;
    final AnyEnds.End end;

    Side(boolean client) {
      correspondent = new Correspondent(client, random.split(), this::later, ends.isPatient());
      end = client ? ends.client(config, this) : ends.server(config, this);
    }

    private void later(Runnable action) {
      end.later(action);
    }

    @Override
    public Tracer arrivals() {
      return correspondent.arrivals;
    }

    @Override
    public void on(Http3Event event, long now) {
      correspondent.on(event);
      if (event instanceof Http3Event.RequestsAvailable) {
        askAgain();
      }
    }

    /** Holds what it heard against what the other side has said. */
    void check(Side other) {
      correspondent.assertHeard(
          other.correspondent, end.http().ending(), config.qpackMaxTableCapacity() == 0);
      if (ends.isPatient()) {
        correspondent
            .heard
            .values()
            .forEach(one -> assertInstanceOf(RequestEnding.Complete.class, one.ending));
      }
    }
  }

  private final AnyEnds ends;
  private final SplittableRandom random;
  private final Http3Config config;
  private final TransportConfig transport;
  private final Side client;
  private final Side server;
  private int wanted;
  private int waiting;

  AnyRequests(Simulation sim) {
    this.ends = new AnyEnds(sim);
    this.random = ends.random();
    this.config = config();
    this.transport = transport();
    this.wanted = 1 + random.nextInt(12);
    this.client = new Side(true);
    this.server = new Side(false);
  }

  private Http3Config config() {
    return random.nextBoolean()
        ? Http3Config.DEFAULT.withQpack(0, 0)
        : Http3Config.DEFAULT.withQpack(random.nextInt(500), random.nextInt(5));
  }

  private TransportConfig transport() {
    if (random.nextInt(3) > 0) {
      return AnyEnds.TRANSPORT;
    }
    int window = 1_000 + random.nextInt(10_000);
    return AnyEnds.TRANSPORT.withStreams(
        StreamConfig.DEFAULT.withLimits(
            new StreamLimits(2 * window, window, window, window, 1 + random.nextInt(3), 3)));
  }

  /** Runs it, and holds what either end has heard against what the other has said. */
  void run() {
    ends.connect(transport);
    arrange();
    ends.awaitPlanned(
        () -> wanted == 0 && client.correspondent.isDone() && server.correspondent.isDone());
    if (ends.close()) {
      for (Side side : List.of(client, server)) {
        side.end.hearOut(side.correspondent::hearOut);
      }
      client.check(server);
      server.check(client);
    }
  }

  /** What either end does, and when. */
  private void arrange() {
    for (int i = wanted; i > 0; i--) {
      client.later(this::ask);
    }
    for (int i = ends.isPatient() ? 0 : random.nextInt(6); i > 0; i--) {
      Side side = random.nextBoolean() ? client : server;
      side.later(side.correspondent::act);
    }
    if (random.nextInt(4) == 0) {
      server.later(this::goaway);
    }
    ends.closeSometime();
  }

  /** Asks for something that is still to be asked for, or waits until the server allows more. */
  private void ask() {
    Http3Connection http = client.end.http();
    if (!http.canOpenRequests()) {
      wanted = 0;
    } else if (client.correspondent.ask(http)) {
      wanted--;
    } else {
      waiting++;
    }
  }

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
    if (!ends.isPatient() || wanted == 0 && heard == client.correspondent.heard.size()) {
      server.end.http().goaway();
    }
  }
}
