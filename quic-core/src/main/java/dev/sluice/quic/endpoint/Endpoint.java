package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.ServerOrigin;
import dev.sluice.quic.connection.SharedParts;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.UnknownVersionHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All connections of one UDP socket: finds the connection that a datagram is for, answers those
 * that are for none, and accepts new ones (RFC 9000 §5.2). Like the connections a pure state
 * machine, for one thread:
 *
 * <pre>
 * receive(batch, now) → accept() until null → nextTouched() until null, taking each one's events
 *   → send(now, batch) until it returns false → wait until nextDeadline() → onDeadline(now) → …
 * </pre>
 */
public final class Endpoint {

  /** The smallest UDP payload that may carry a client's first flight (RFC 9000 §14.1). */
  private static final int MIN_INITIAL_DATAGRAM = 1200;

  /** A client's first destination ID has at least eight bytes (§7.2). */
  private static final int MIN_ORIGINAL_DESTINATION = 8;

  private final EndpointConfig config;
  private final SharedParts shared;
  private final StatelessResets resets;
  private final AddressTokens tokens;
  private final StatelessAnswers answers;
  private final Map<ConnectionId, Route> routes = new HashMap<>();
  private final Map<Bytes, Route> expectedResets = new HashMap<>();
  private final Map<Connection, Route> connections = new LinkedHashMap<>();
  private final Deque<Route> touched = new ArrayDeque<>();
  private final Deque<Route> toSend = new ArrayDeque<>();
  private final Deque<Connection> accepted = new ArrayDeque<>();
  private final DeadlineQueue<Route> deadlines = new DeadlineQueue<>();
  private final UnreadStreams unread = new UnreadStreams();
  private final EarlyArrivals earlyArrivals = new EarlyArrivals();
  private ServerConfig server;
  private boolean hasListened;

  /**
   * Where the last datagram went that had a short header, and the ID that led there: the datagrams
   * of a batch mostly have one destination, and then none of them needs an object or the map.
   */
  private Route lastRoute;

  private ConnectionId lastId = ConnectionId.EMPTY;

  /** The connection that is being called, to know whose fault an exception is. */
  private Route atWork;

  /** An endpoint that opens connections, and accepts them once {@link #listen} is called. */
  public Endpoint(EndpointConfig config) {
    this.config = config;
    this.shared = new SharedParts(config.random());
    this.resets = new StatelessResets(config.resetKey(), config.random());
    this.tokens = new AddressTokens(config.tokenKey(), config.random());
    this.answers = new StatelessAnswers(config.random());
  }

  /** Accepts connections from now on; null stops it, and leaves those that live alone. */
  public void listen(ServerConfig serverConfig) {
    hasListened |= serverConfig != null;
    server = serverConfig;
  }

  /** Opens a connection. Its first flight leaves with the next {@link #send}. */
  public Connection connect(
      InetSocketAddress local, InetSocketAddress remote, ClientConfig client, long now) {
    Route route = new Route(this);
    Connection connection = Connection.client(client, route, local, remote, shared, now);
    register(route, connection);
    return connection;
  }

  /** Takes in what the socket received. */
  public void receive(DatagramBatch batch, long now) {
    for (int i = 0; i < batch.count(); ) {
      int end = endOfRun(batch, i);
      if (end > i) {
        receiveRun(batch, i, end, now);
      } else {
        end = i + 1;
        receiveOne(batch, i, now);
      }
      i = end;
    }
  }

  /** A connection that a peer opened, once each; null when there is none. */
  public Connection accept() {
    return accepted.poll();
  }

  /**
   * A connection that may have events, or null. It gets its chance to send in the next {@link
   * #send}, after the caller has taken the events and answered them.
   */
  public Connection nextTouched() {
    Route route = touched.poll();
    if (route == null) {
      return null;
    }
    route.untouch();
    if (route.queueToSend()) {
      toSend.add(route);
    }
    return route.connection();
  }

  /** Whether {@link #nextTouched} has a connection to give: then another turn is due. */
  public boolean isTouched() {
    return !touched.isEmpty();
  }

  /** The application did something with a connection outside of its turn. */
  public void touch(Connection connection) {
    Route route = connections.get(connection);
    if (route != null) {
      touch(route);
    }
  }

  /**
   * Fills the batch with what is to be sent.
   *
   * @return whether there is more: send this batch, clear it, and call again
   */
  public boolean send(long now, DatagramBatch out) {
    answers.send(out);
    while (!toSend.isEmpty()) {
      Route route = toSend.peek();
      Connection connection = route.connection();
      boolean hadEvents = connection.hasEvents();
      atWork = route;
      boolean more = connection.send(now, out);
      atWork = null;
      if (!hadEvents && connection.hasEvents()) {
        touch(route); // a stream has room again
      }
      if (more) {
        return true;
      }
      toSend.poll();
      route.dequeueToSend();
      if (connection.isEnded()) {
        forget(route);
      } else {
        deadlines.update(route.timer(), connection.nextDeadline());
      }
    }
    return answers.isPending();
  }

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} for never. */
  public long nextDeadline() {
    return Math.min(deadlines.next(), unread.deadline());
  }

  /** Time has passed: connections whose deadline is due act on it. */
  public void onDeadline(long now) {
    for (Route due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
      if (due.connection().nextDeadline() <= now) {
        atWork = due;
        due.connection().onDeadline(now);
        atWork = null;
        touch(due);
      } else {
        deadlines.update(due.timer(), due.connection().nextDeadline());
      }
    }
    unread.onDeadline(now);
  }

  /**
   * An exception came out of one of the other methods. That is a bug, and must not become
   * everybody's trouble: gives up the connection in which it happened, without a word to its peer.
   *
   * @return whether it happened in a connection
   */
  public boolean giveUpFaulty(long now) {
    Route faulty = atWork;
    atWork = null;
    if (faulty == null) {
      return false;
    }
    try {
      faulty.connection().giveUp(now);
      forget(faulty);
    } catch (RuntimeException e) {
      // It is broken; what matters is that nothing leads to it any more.
    }
    connections.remove(faulty.connection());
    routes.values().removeIf(route -> route == faulty);
    lastRoute = null;
    expectedResets.values().removeIf(route -> route == faulty);
    toSend.remove(faulty);
    faulty.dequeueToSend();
    touch(faulty);
    return true;
  }

  /** The connections that live, in the order of their making. */
  public Collection<Connection> connections() {
    return connections.keySet();
  }

  /** The connection is over. From here on only the application holds it, if it does. */
  private void forget(Route route) {
    Connection connection = route.connection();
    connections.remove(connection);
    deadlines.forget(route.timer());
    if (connection.unread() != null) {
      unread.keep(connection.unread(), connection.unreadUntil());
    }
  }

  private void receiveOne(DatagramBatch batch, int index, long now) {
    Route route = find(batch, index, now);
    if (route != null) {
      atWork = route;
      route
          .connection()
          .receive(
              batch.buffer(),
              batch.offset(index),
              batch.length(index),
              batch.local(index),
              batch.remote(index),
              batch.ecn(index),
              now);
      atWork = null;
      touch(route);
    }
  }

  /** Where the datagrams end that, from this one on, go where the last short header led to. */
  private int endOfRun(DatagramBatch batch, int from) {
    int end = from;
    while (end < batch.count() && isForLast(batch, end)) {
      end++;
    }
    return end;
  }

  private boolean isForLast(DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    int end = offset + batch.length(index);
    return lastRoute != null
        && PacketParser.isShort(batch.buffer(), offset, end, config.connectionIdLength(), true)
        && lastId.matches(batch.buffer(), offset + 1, end);
  }

  private void receiveRun(DatagramBatch batch, int from, int to, long now) {
    Route route = lastRoute;
    atWork = route;
    route.connection().receiveShort(batch, from, to, now);
    atWork = null;
    touch(route);
  }

  private Route find(DatagramBatch batch, int index, long now) {
    int offset = batch.offset(index);
    PacketHeader header =
        PacketParser.parse(
            batch.buffer(),
            offset,
            offset + batch.length(index),
            config.connectionIdLength(),
            true); // a connection drops what has a QUIC bit that it did not allow
    if (header == null) {
      return null;
    }
    Route route = routes.get(header.destination());
    if (route != null && header instanceof ShortHeader) {
      lastRoute = route;
      lastId = header.destination();
    }
    return route != null ? route : onUnrouted(header, batch, index, now);
  }

  /** A datagram for no connection: the start of one, or something to be answered without state. */
  private Route onUnrouted(PacketHeader header, DatagramBatch batch, int index, long now) {
    int length = batch.length(index);
    InetSocketAddress local = batch.local(index);
    InetSocketAddress remote = batch.remote(index);
    if (!mayBeQuic(header, batch.buffer()[batch.offset(index)])) {
      return null;
    }
    switch (header) {
      case UnknownVersionHeader unknown -> {
        if (server != null && length >= MIN_INITIAL_DATAGRAM) {
          answers.versionNegotiation(unknown, local, remote);
        }
      }
      case ShortHeader unroutable -> {
        Route forgotten = resetBy(batch, index);
        if (forgotten != null) {
          return forgotten;
        }
        byte[] reset = resets.answer(unroutable.destination(), length);
        if (reset != null) {
          answers.add(reset, local, remote);
        }
      }
      case LongHeader initial when initial.type() == PacketType.INITIAL -> {
        if (length >= MIN_INITIAL_DATAGRAM
            && initial.destination().length() >= MIN_ORIGINAL_DESTINATION) {
          if (server != null) {
            return admit(initial, batch, index, now);
          }
          if (hasListened) {
            // The client need not wait to find out (§5.2.2).
            answers.refuse(
                initial, TransportError.CONNECTION_REFUSED, "the server stops", local, remote);
          }
        }
      }
      case LongHeader early when early.type() == PacketType.ZERO_RTT && server != null ->
          earlyArrivals.keep(early.destination(), batch, index, now);
      default -> {
        // Retry, Version Negotiation and Handshake for a connection that is not there.
      }
    }
    return null;
  }

  /**
   * Without the QUIC bit only where this side has said that it does without it (RFC 9287 §3). Other
   * versions need not have such a bit (RFC 8999 §5.1).
   */
  private boolean mayBeQuic(PacketHeader header, byte firstByte) {
    return FirstByte.hasFixedBit(firstByte)
        || header instanceof UnknownVersionHeader
        || server != null && server.transport().greaseQuicBit();
  }

  /** The connection that the peer has forgotten, if that is what the datagram says (§10.3.1). */
  private Route resetBy(DatagramBatch batch, int index) {
    int length = batch.length(index);
    if (expectedResets.isEmpty() || length < StatelessResets.MIN_LENGTH) {
      return null;
    }
    return expectedResets.get(
        resets.blind(batch.buffer(), batch.offset(index) + length - StatelessResets.TOKEN));
  }

  private Route admit(LongHeader initial, DatagramBatch batch, int index, long now) {
    InetSocketAddress local = batch.local(index);
    InetSocketAddress remote = batch.remote(index);
    AddressTokens.Verdict verdict =
        initial.token().length() == 0
            ? new AddressTokens.Verdict.Absent()
            : tokens.judge(initial.token(), remote, now);
    return switch (verdict) {
      case AddressTokens.Verdict.Invalid(String reason) -> {
        answers.refuse(initial, TransportError.INVALID_TOKEN, reason, local, remote);
        yield null;
      }
      case AddressTokens.Verdict.Absent() when server.retry() -> {
        byte[] token = tokens.forRetry(remote, initial.destination(), now);
        answers.retry(initial, randomId(), token, local, remote);
        yield null;
      }
      case AddressTokens.Verdict.Absent() ->
          open(initial, ServerOrigin.of(initial), batch, index, now);
      case AddressTokens.Verdict.Validated() ->
          open(initial, ServerOrigin.of(initial).withAddressValidated(), batch, index, now);
      case AddressTokens.Verdict.Retried(ConnectionId original) ->
          open(initial, ServerOrigin.of(initial).afterRetry(original), batch, index, now);
    };
  }

  private Route open(
      LongHeader initial, ServerOrigin origin, DatagramBatch batch, int index, long now) {
    InetSocketAddress local = batch.local(index);
    InetSocketAddress remote = batch.remote(index);
    if (connections.size() >= server.maxConnections()) {
      answers.refuse(
          initial, TransportError.CONNECTION_REFUSED, "the server is full", local, remote);
      return null;
    }
    if (!answers.isAuthentic(initial, batch.buffer())) {
      // Anyone can send a datagram that looks like this; no state is spent on it.
      return null;
    }
    Route route = new Route(this);
    Connection connection = Connection.server(server, origin, route, local, remote, shared, now);
    connection.issueTokens(tokens::forLater);
    // Until the client knows an ID of ours it writes to the one that it made up (§7.2).
    routes.put(initial.destination(), route);
    register(route, connection);
    accepted.add(connection);
    // The connection holds them until the Initial, which follows, has given it the keys.
    for (EarlyArrivals.Arrival early : earlyArrivals.take(initial.destination(), now)) {
      connection.receive(
          early.datagram(),
          0,
          early.datagram().length,
          early.local(),
          early.remote(),
          early.ecn(),
          now);
    }
    return route;
  }

  private void register(Route route, Connection connection) {
    route.connection(connection);
    connections.put(connection, route);
    touch(route);
  }

  private void touch(Route route) {
    if (route.touch()) {
      touched.add(route);
    }
  }

  ConnectionId issue(Route route) {
    ConnectionId id = randomId();
    while (routes.containsKey(id)) {
      id = randomId();
    }
    routes.put(id, route);
    return id;
  }

  byte[] resetToken(ConnectionId id) {
    return resets.token(id);
  }

  void expectReset(Route route, byte[] token) {
    if (route.expectedReset() != null) {
      expectedResets.remove(route.expectedReset(), route);
    }
    route.expectedReset(token == null ? null : resets.blind(token, 0));
    if (token != null) {
      expectedResets.put(route.expectedReset(), route);
    }
  }

  void retire(ConnectionId id) {
    routes.remove(id);
    if (id.equals(lastId)) {
      lastRoute = null;
    }
  }

  int connectionIdLength() {
    return config.connectionIdLength();
  }

  private ConnectionId randomId() {
    byte[] id = new byte[config.connectionIdLength()];
    config.random().nextBytes(id);
    return ConnectionId.of(id);
  }
}
