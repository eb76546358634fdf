package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.psk.RotatingTicketProtector;
import dev.sluice.tls.psk.StrikeRegister;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A client that visits a server twice: once for a ticket, and then with 0-RTT. The server echoes
 * each bidirectional stream once it has ended, and notes what it knew then.
 */
final class EarlyVisits {

  /** What the server saw of a stream. */
  record Seen(long id, byte[] bytes, boolean early, boolean beforeHandshake) {}

  final Simulation sim;
  final SplittableRandom random;
  final InetSocketAddress clientAddress;
  final InetSocketAddress serverAddress;
  final List<QuicEvent> clientEvents = new ArrayList<>();
  final List<QuicEvent> serverEvents = new ArrayList<>();
  final List<TraceEvent> clientTrace = new ArrayList<>();
  final List<Seen> seen = new ArrayList<>();
  final Map<Long, ByteArrayOutputStream> echoed = new HashMap<>();
  final EndpointNode clientNode;
  final EndpointNode serverNode;
  final StrikeRegister register;
  final Link toServer = new Link().delay(Simulation.ms(10));
  final Link toClient = new Link().delay(Simulation.ms(10));
  ServerConfig server;
  ClientConfig client;
  EarlyDataConfig terms;
  TransportConfig serverTransport = TransportConfig.DEFAULTS;

  /** What the server does when it has read a stream to its end, once it has answered. */
  Consumer<Connection> onRead = connection -> {};

  private final Map<RecvStream, ByteArrayOutputStream> reading = new HashMap<>();
  private final Map<RecvStream, SendStream> sends = new HashMap<>();

  EarlyVisits(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.clientAddress = sim.address(1);
    this.serverAddress = sim.address(2);
    this.register = new StrikeRegister(random.split(), TestPeers.CLOCK);
    this.terms = EarlyDataConfig.of(register);
    this.clientNode =
        sim.attach(
            clientAddress, new EndpointNode(TestPeers.endpoint(random.split()), this::onClient));
    Endpoint endpoint = TestPeers.endpoint(random.split());
    this.serverNode = sim.attach(serverAddress, new EndpointNode(endpoint, this::onServer));
    sim.route(clientAddress, serverAddress, toServer);
    sim.route(serverAddress, clientAddress, toClient);
    ServerConfig plain = TestPeers.server(random.split());
    this.server =
        plain.withTls(
            plain.tls().toBuilder()
                .ticketProtector(
                    new RotatingTicketProtector(
                        Duration.ofDays(1), random.split(), TestPeers.CLOCK.instant()))
                .build());
    this.client = TestPeers.client(random.split()).withTracer(() -> tracer());
  }

  private Tracer tracer() {
    return new Tracer() {
      @Override
      public boolean isEnabled() {
        return true;
      }

      @Override
      public void on(long now, TraceEvent event) {
        clientTrace.add(event);
      }
    };
  }

  private void onClient(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      clientEvents.add(e);
      if (e instanceof QuicEvent.Readable(RecvStream recv)) {
        read(recv, echoed.computeIfAbsent(recv.id(), id -> new ByteArrayOutputStream()));
      }
    }
  }

  private void onServer(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      serverEvents.add(e);
      if (e instanceof QuicEvent.PeerOpened(RecvStream recv, SendStream send) && send != null) {
        sends.put(recv, send);
      }
      if (e instanceof QuicEvent.Readable(RecvStream recv)) {
        ByteArrayOutputStream all = reading.computeIfAbsent(recv, r -> new ByteArrayOutputStream());
        if (read(recv, all)) {
          boolean complete = connection.handshake.isComplete();
          seen.add(new Seen(recv.id(), all.toByteArray(), recv.isEarly(), !complete));
          SendStream send = sends.get(recv);
          if (send != null) {
            send.write(all.toByteArray(), 0, all.size());
            send.finish();
          }
          onRead.accept(connection);
        }
      }
    }
  }

  /** Reads what there is; true at the end. */
  private static boolean read(RecvStream recv, ByteArrayOutputStream into) {
    byte[] chunk = new byte[4096];
    for (int n = recv.read(chunk, 0, chunk.length);
        n != RecvStream.NOTHING_NOW;
        n = recv.read(chunk, 0, chunk.length)) {
      if (n == RecvStream.ENDED) {
        return true;
      }
      into.write(chunk, 0, n);
    }
    return false;
  }

  /** The server with its present settings. */
  void listen(UnaryOperator<ServerConfig> settings) {
    ServerConfig config = settings.apply(server.withTransport(serverTransport));
    serverNode.endpoint().listen(terms == null ? config : config.withEarlyData(terms));
  }

  /** The first visit: a whole handshake, for its last ticket. */
  SessionTicket ticket() {
    listen(c -> c);
    Connection connection = clientNode.endpoint().connect(null, serverAddress, client, sim.now());
    sim.run(Duration.ofSeconds(5), () -> tickets().size() == 2);
    connection.close(0, "");
    clientNode.endpoint().touch(connection);
    sim.runFor(Duration.ofSeconds(5));
    SessionTicket ticket = tickets().getLast();
    clientEvents.clear();
    serverEvents.clear();
    clientTrace.clear();
    serverNode.accepted().clear();
    return ticket;
  }

  private List<SessionTicket> tickets() {
    return clientEvents.stream()
        .filter(QuicEvent.NewSessionTicket.class::isInstance)
        .map(e -> ((QuicEvent.NewSessionTicket) e).ticket())
        .toList();
  }

  /** What a client with this ticket is configured with. */
  ClientConfig withTicket(SessionTicket ticket) {
    return client.withTls(client.tls().toBuilder().ticket(ticket).earlyData(true).build());
  }

  /** The second visit begins. */
  Connection revisit(SessionTicket ticket) {
    return clientNode.endpoint().connect(null, serverAddress, withTicket(ticket), sim.now());
  }

  /** A datagram of the client's arrives at once. */
  void toServerNow(byte[] datagram) {
    serverNode.receive(datagram, 0, datagram.length, serverAddress, clientAddress, 0, sim.now());
  }

  /** Writes a message on a stream of its own and finishes it. */
  long send(Connection connection, byte[] message) {
    BidiStream stream = connection.openBidi();
    int taken = stream.send().write(message, 0, message.length);
    if (taken != message.length) {
      throw new AssertionError("took " + taken + " of " + message.length);
    }
    stream.send().finish();
    clientNode.endpoint().touch(connection);
    return stream.id();
  }

  /** Whether the message has come back whole. */
  boolean isEchoed(long id, byte[] message) {
    ByteArrayOutputStream back = echoed.get(id);
    return back != null && Arrays.equals(back.toByteArray(), message);
  }

  <E extends QuicEvent> List<E> of(List<QuicEvent> events, Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
