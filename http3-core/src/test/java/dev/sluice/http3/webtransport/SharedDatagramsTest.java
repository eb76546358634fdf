package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.message.Fields;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Datagrams of two sessions that share a QUIC connection, over a simulated network. */
class SharedDatagramsTest {
  private static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON);

  /** One end: a connection and its sessions, which a server accepts. */
  private final class End {
    final WebTransportConfig config;
    final EndpointNode node;
    Connection quic;
    Http3Connection http;
    WebTransportSessions sessions;

    End(WebTransportConfig config, SplittableRandom random) {
      this.config = config;
      node = new EndpointNode(TestPeers.endpoint(random), this::onEvents);
    }

    private void onEvents(Connection on) {
      if (http == null) {
        quic = on;
        http = new Http3Connection(on, config.applyTo(Http3Config.DEFAULT), new Random(1));
        sessions = new WebTransportSessions(http, config);
      }
      http.process();
      for (Http3Event e = http.nextEvent(); e != null; e = http.nextEvent()) {
        sessions.onEvent(e, sim.now());
      }
      for (var e = sessions.nextEvent(); e != null; e = sessions.nextEvent()) {
        if (e instanceof WebTransportEvent.Requested(var session)) {
          session.accept(null, Fields.EMPTY);
        }
      }
    }
  }

  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private End client;
  private End server;
  private final StringBuilder sent = new StringBuilder();

  private void connect(WebTransportConfig clients) {
    client = new End(clients, random.split());
    server = new End(WebTransportConfig.DEFAULT, random.split());
    InetSocketAddress here = sim.address(1);
    InetSocketAddress there = sim.address(2);
    sim.attach(here, client.node);
    sim.attach(there, server.node);
    sim.route(here, there, new Link().delay(Simulation.ms(10)));
    sim.route(there, here, new Link().delay(Simulation.ms(10)));
    server.node.endpoint().listen(TestPeers.server(random.split()).withTransport(TRANSPORT));
    client
        .node
        .endpoint()
        .connect(
            null,
            there,
            TestPeers.client(random.split())
                .withTransport(TRANSPORT)
                .withTracer(() -> (now, event) -> log(event)),
            sim.now());
    sim.run(
        Duration.ofSeconds(30), () -> client.http != null && client.sessions.sessionCredit() > 1);
  }

  /** Notes each datagram that leaves the client, and how its request's stream ends among them. */
  private void log(TraceEvent event) {
    if (event instanceof TraceEvent.PacketSent packet) {
      for (Frame frame : packet.frames()) {
        switch (frame) {
          case DatagramFrame datagram -> sent.append('d');
          case StreamFrame data when data.streamId() == 0 && data.fin() -> sent.append("FIN");
          case ResetStreamFrame reset when reset.streamId() == 0 -> sent.append("RESET");
          default -> {}
        }
      }
    }
  }

  private WebTransportSession join() {
    WebTransportSession session =
        client.sessions.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
    runFor(100);
    assertTrue(session.isOpen());
    return session;
  }

  private void runFor(long millis) {
    client.node.endpoint().touch(client.quic);
    sim.runFor(Duration.ofMillis(millis));
  }

  private List<Integer> arrived(WebTransportSession at) {
    List<Integer> numbers = new ArrayList<>();
    for (byte[] next = at.nextDatagram(sim.now());
        next != null;
        next = at.nextDatagram(sim.now())) {
      numbers.add(next[0] & 0xff);
    }
    return numbers;
  }

  private static void send(WebTransportSession session, int number) {
    byte[] data = new byte[1000];
    data[0] = (byte) number;
    assertTrue(session.sendDatagram(data, 0, data.length));
  }

  @Test
  void oneThatSendsTooMuchDropsItsOwn() {
    connect(
        WebTransportConfig.DEFAULT.withDatagrams(
            DatagramLimits.DEFAULT.withSend(30, Duration.ZERO)));
    WebTransportSession modest = join();
    WebTransportSession flood = join();
    for (int i = 0; i < 5; i++) {
      send(modest, i);
    }
    for (int i = 0; i < 200; i++) {
      send(flood, i);
    }
    runFor(2000);
    List<WebTransportSession> atServer = server.sessions.sessions();
    assertEquals(List.of(0, 1, 2, 3, 4), arrived(atServer.getFirst()));
    assertEquals(IntStream.range(170, 200).boxed().toList(), arrived(atServer.getLast()));
    assertEquals(5, modest.statistics().datagramsSent());
    assertEquals(0, modest.statistics().datagramsDroppedUnsent());
    assertEquals(30, flood.statistics().datagramsSent());
    assertEquals(170, flood.statistics().datagramsDroppedUnsent());
  }

  @Test
  void thatWaitTooLongToBeSentAreDropped() {
    connect(
        WebTransportConfig.DEFAULT.withDatagrams(
            DatagramLimits.DEFAULT.withSend(500, Duration.ofMillis(15))));
    WebTransportSession session = join();
    for (int i = 0; i < 400; i++) {
      send(session, i);
    }
    runFor(2000);
    SessionStatistics statistics = session.statistics();
    assertTrue(statistics.datagramsDroppedUnsent() > 200, statistics.toString());
    assertEquals(400, statistics.datagramsSent() + statistics.datagramsDroppedUnsent());
  }

  @Test
  void whatWasSentRightBeforeTheCloseStillGoes() {
    connect(WebTransportConfig.DEFAULT);
    WebTransportSession session = join();
    WebTransportSession atServer = server.sessions.sessions().getFirst();
    send(session, 7);
    session.close(0, "");
    runFor(100);
    assertEquals(1, session.statistics().datagramsSent());
    assertEquals(List.of(7), arrived(atServer));
  }

  /** More than the network carries at once: the close waits for its turn behind them. */
  @Test
  @Requirement("RFC9297-2.1#3")
  void thatWaitAtTheCloseLeaveBeforeIt() {
    connect(WebTransportConfig.DEFAULT);
    WebTransportSession session = join();
    WebTransportSession atServer = server.sessions.sessions().getFirst();
    for (int i = 0; i < 200; i++) {
      send(session, i);
    }
    session.close(5, "enough");
    assertFalse(session.sendDatagram(new byte[1], 0, 1));
    runFor(2000);
    assertEquals("d".repeat(200) + "FIN", sent.toString());
    assertEquals(IntStream.range(0, 200).boxed().toList(), arrived(atServer));
    assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, 5, "enough"), atServer.ending());
  }

  /** Nobody waits for those of a session that was not closed in order. */
  @Test
  @Requirement({"RFC9297-2.1#3", "WEBTRANS16-6#1"})
  void thatWaitWhenThePeerClosesAreDropped() {
    connect(WebTransportConfig.DEFAULT);
    WebTransportSession session = join();
    server.sessions.sessions().getFirst().close(5, "enough");
    server.node.endpoint().touch(server.quic);
    for (int i = 0; i < 200; i++) {
      send(session, i);
    }
    runFor(2000);
    assertTrue(sent.toString().matches("d{1,100}FIN"), sent.toString());
    SessionStatistics statistics = session.statistics();
    assertEquals(200, statistics.datagramsSent() + statistics.datagramsDroppedUnsent());
  }

  @Test
  @Requirement("RFC9297-2.1#3")
  void thatWaitWhenTheRequestIsCancelledAreDropped() {
    connect(WebTransportConfig.DEFAULT);
    WebTransportSession session =
        client.sessions.connect("example.com", "/wt", List.of(), false, Fields.EMPTY);
    for (int i = 0; i < 200; i++) {
      send(session, i);
    }
    session.close(0, "");
    runFor(2000);
    assertEquals("RESET", sent.toString());
    assertEquals(200, session.statistics().datagramsDroppedUnsent());
  }
}
