package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.AnyEnds;
import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.message.Fields;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.trace.Tracer;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Sessions between {@link AnyEnds}, with everything that either end does made up too. */
final class AnySessions {
  private static final TransportConfig TRANSPORT =
      AnyEnds.TRANSPORT.withDatagrams(DatagramConfig.ON);

  /** One end. */
  private final class Side implements AnyEnds.Application {
    final Talker talker;
    final AnyEnds.End end;
    WebTransportSessions sessions;
    boolean goaway;

    Side(boolean client) {
      Http3Config settings = config.applyTo(Http3Config.DEFAULT);
      talker = new Talker(client, random.split(), this::later, ends.isPatient());
      end = client ? ends.client(settings, this) : ends.server(settings, this);
    }

    private void later(Runnable action) {
      end.later(action);
    }

    @Override
    public Tracer arrivals() {
      return talker.arrivals;
    }

    @Override
    public void begin(Http3Connection http) {
      sessions = new WebTransportSessions(http, config);
    }

    @Override
    public void on(Http3Event event, long now) {
      sessions.onEvent(event, now);
      settle();
    }

    @Override
    public void settle() {
      for (var e = sessions.nextEvent(); e != null; e = sessions.nextEvent()) {
        talker.on(e);
      }
      if (talker.client && sessions.selection() != null) {
        ask();
      }
    }

    /** Asks for a session that is still to be asked for, when there may be one more. */
    private void ask() {
      while (wanted > 0 && !end.http().isGoingAway() && sessions.sessionCredit() > 0) {
        WebTransportSession session =
            sessions.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
        if (session == null) {
          return;
        }
        talker.sessions.add(session);
        wanted--;
      }
    }

    /** Takes no more sessions; who is patient has taken all of them first. */
    void goaway() {
      if (!ends.isPatient()
          || wanted == 0 && talker.sessions.size() == client.talker.sessions.size()) {
        goaway = true;
        end.http().goaway();
      }
    }
  }

  private final AnyEnds ends;
  private final SplittableRandom random;
  private final WebTransportConfig config;
  private final Side client;
  private final Side server;
  private int wanted;

  AnySessions(Simulation sim) {
    this.ends = new AnyEnds(sim);
    this.random = ends.random();
    this.config = config();
    this.wanted = 1 + random.nextInt(3);
    this.client = new Side(true);
    this.server = new Side(false);
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

  /** Runs it, and holds what either end has heard against what the other has said. */
  void run() {
    ends.connect(TRANSPORT);
    arrange();
    ends.awaitPlanned(this::isAllSaid);
    wanted = 0;
    client.talker.sessions.forEach(s -> client.end.now(() -> s.close(9, "done")));
    if (ends.isPatient()) {
      ends.awaitUnlessOver(() -> server.talker.sessions.stream().allMatch(s -> s.ending() != null));
    }
    if (ends.close()) {
      check();
    }
  }

  /** What either end does, and when. */
  private void arrange() {
    for (int i = random.nextInt(40); i > 0; i--) {
      Side side = random.nextBoolean() ? client : server;
      side.later(side.talker::act);
    }
    if (random.nextInt(4) == 0) {
      server.later(server::goaway);
    }
    ends.closeSometime();
  }

  private boolean isAllSaid() {
    return client.sessions.selection() != null
        && client.talker.isHeard()
        && server.talker.isHeard()
        && client.talker.established.containsAll(client.talker.sessions);
  }

  private void check() {
    for (Side side : List.of(client, server)) {
      side.end.hearOut(side.talker::hearOut);
    }
    client.talker.assertHeard(server.talker);
    server.talker.assertHeard(client.talker);
    assertDraining(client, server);
    assertDraining(server, client);
    if (ends.isPatient()) {
      assertTrue(
          client.talker.isHeard(), () -> client.end.http().ending() + ": " + client.talker.said);
      assertTrue(
          server.talker.isHeard(), () -> server.end.http().ending() + ": " + server.talker.said);
      for (SessionEnding ending : server.talker.endings.values()) {
        assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, 9, "done"), ending);
      }
    }
  }

  /** Nobody is asked to wind down unless somebody asked. */
  private static void assertDraining(Side told, Side asking) {
    for (WebTransportSession session : told.talker.draining) {
      assertTrue(
          asking.goaway || asking.talker.drained.stream().anyMatch(s -> s.id() == session.id()),
          "nobody has asked to drain");
    }
  }
}
