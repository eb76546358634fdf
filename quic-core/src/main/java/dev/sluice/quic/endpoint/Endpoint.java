package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.ServerOrigin;
import dev.sluice.quic.connection.SharedParts;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.trace.Footprint;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

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
  private final EndpointConfig config;
  private final SharedParts shared;
  private final StatelessResets resets;
  private final StatelessAnswers answers;
  private final Routes routes;
  private final Newcomers newcomers;
  private final Unrouted unrouted;
  private final Map<Connection, Route> connections = new LinkedHashMap<>();

  /** Where connections were that are closed, and are not forgotten yet (§10.2). */
  private final Set<Route> closed = new HashSet<>();

  private final Deque<Route> touched = new ArrayDeque<>();
  private final Deque<Route> toSend = new ArrayDeque<>();
  private final Deque<Connection> accepted = new ArrayDeque<>();
  private final TimerWheel<Route> deadlines = new TimerWheel<>();
  private final UnreadStreams unread = new UnreadStreams();
  private final EndpointTrace trace = new EndpointTrace();
  private ServerConfig server;

  /** Connections that peers opened and whose handshake is not complete. */
  private int handshaking;

  /** The connection that is being called, to know whose fault an exception is. */
  private Route atWork;

  /** An endpoint that opens connections, and accepts them once {@link #listen} is called. */
  public Endpoint(EndpointConfig config) {
    this(config, new SharedParts());
  }

  /**
   * The same beside other endpoints of its thread.
   *
   * @param shared what they all use in turn
   */
  public Endpoint(EndpointConfig config, SharedParts shared) {
    this.config = config;
    this.shared = shared;
    this.resets = new StatelessResets(config.resetKey(), config.random());
    this.answers = new StatelessAnswers(config.random(), shared.ciphers(), trace);
    this.routes = new Routes(config, resets);
    this.newcomers =
        new Newcomers(new AddressTokens(config.tokenKeys(), config.random()), answers, routes);
    this.unrouted = new Unrouted(config.siblings(), routes.idLength(), resets, answers, trace);
  }

  /** Says who takes datagrams for one of the {@link Siblings}. */
  public void onStray(Siblings.Strays taker) {
    unrouted.onStray(taker);
  }

  /** Accepts connections from now on; null stops it, and leaves those that live alone. */
  public void listen(ServerConfig serverConfig) {
    server = serverConfig;
    unrouted.listen(serverConfig);
    if (serverConfig != null) {
      trace.watch(serverConfig);
    }
  }

  /** Tells who watches where clients are awaited, while they are. */
  public void announce(InetSocketAddress local, long now) {
    if (server != null) {
      trace.onListening(local, server, now);
    }
  }

  /**
   * Opens a connection. Its first flight leaves with the next {@link #send}.
   *
   * @throws IllegalStateException this endpoint uses no connection IDs, and has a connection with
   *     that address already: nothing could tell the two apart (RFC 9000 §5.1)
   */
  public Connection connect(
      InetSocketAddress local, InetSocketAddress remote, ClientConfig client, long now) {
    if (routes.isTaken(remote)) {
      throw new IllegalStateException(
          "without connection IDs there is one connection with " + remote + " at a time");
    }
    Route route = new Route(routes, resets, true);
    Connection connection =
        making(
            route,
            () -> Connection.client(client, route, local, remote, shared, config.random(), now));
    register(route, connection, remote);
    return connection;
  }

  /** Takes in what the socket received. */
  public void receive(DatagramBatch batch, long now) {
    for (int next = 0; next < batch.count(); ) {
      next = receive(batch, next, now);
    }
  }

  /**
   * Takes in what the socket received, from one datagram on, but no more than one step of one
   * handshake. That takes as long as a hundred other datagrams: what it led to should leave before
   * the next one's step, or each end would wait while the other works.
   *
   * @return the first datagram that was left, or the batch's count
   */
  public int receive(DatagramBatch batch, int from, long now) {
    trace.begin(now);
    for (int i = from; i < batch.count(); ) {
      int end = routes.endOfRun(batch, i);
      if (end > i) {
        receiveRun(batch, i, end, now);
        i = end;
      } else {
        Route shakingHands = receiveOne(batch, i++, now);
        if (shakingHands != null && !routes.lead(batch, i, shakingHands)) {
          return i;
        }
      }
    }
    return batch.count();
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
    for (Route route = touched.poll(); route != null; route = touched.poll()) {
      route.untouch();
      if (route.queueToSend()) {
        toSend.add(route);
      }
      if (!route.isClosed()) {
        return route.connection();
      }
    }
    return null;
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
   * Fills the batch with what is to be sent; the connections are noted in it as senders.
   *
   * @return whether there is more: send this batch, clear it, and call again
   */
  public boolean send(long now, DatagramBatch out) {
    answers.send(out);
    while (!toSend.isEmpty()) {
      Route route = toSend.peek();
      if (route.isClosed() ? route.remains().send(out) : send(route, now, out)) {
        return true;
      }
      toSend.poll();
      route.dequeueToSend();
      if (!route.isClosed() && route.connection().remains() != null) {
        close(route);
      }
      if (route.isEnded()) {
        forget(route);
      } else {
        deadlines.update(route.timer(), route.nextDeadline());
      }
    }
    return answers.isPending();
  }

  private boolean send(Route route, long now, DatagramBatch out) {
    Connection connection = route.connection();
    boolean hadEvents = connection.hasEvents();
    atWork = route;
    int first = out.count();
    boolean more = connection.send(now, out);
    out.setSender(first, connection);
    atWork = null;
    if (!hadEvents && connection.hasEvents()) {
      touch(route); // a stream has room again
    }
    return more;
  }

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} for never. */
  public long nextDeadline() {
    return Math.min(deadlines.next(), unread.deadline());
  }

  /** Time has passed: connections whose deadline is due act on it. */
  public void onDeadline(long now) {
    for (Route due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
      if (due.nextDeadline() > now) {
        deadlines.update(due.timer(), due.nextDeadline());
        continue;
      }
      touch(due); // also should it fail
      if (due.isClosed()) {
        due.remains().onDeadline(now);
      } else {
        atWork = due;
        due.connection().onDeadline(now);
        atWork = null;
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
    } catch (RuntimeException | Error e) {
      // It is broken; what matters is that nothing leads to it any more.
    }
    connections.remove(faulty.connection());
    routes.purge(faulty);
    toSend.remove(faulty);
    faulty.dequeueToSend();
    touch(faulty);
    return true;
  }

  /** The socket is gone: connections that were closed have nothing to answer with any more. */
  public void end(long now) {
    closed.forEach(route -> route.remains().end(now));
  }

  /**
   * Has all peers use new connection IDs in place of those that they know, as when the generator
   * makes others than before.
   */
  public void renewConnectionIds() {
    for (Route route : connections.values()) {
      route.connection().renewConnectionIds();
      touch(route);
    }
  }

  /**
   * The connections that live, in the order of their making, and those that have ended and not been
   * able to say so.
   */
  public Collection<Connection> connections() {
    return connections.keySet();
  }

  /** Whether there is no connection, and none that was closed and may have to say so again. */
  public boolean isQuiet() {
    return connections.isEmpty() && closed.isEmpty();
  }

  /**
   * Whether a connection uses this local address, is about to, or may have to return to it.
   *
   * @param remote only with this peer's address; null for any
   */
  public boolean hasPath(InetSocketAddress local, InetSocketAddress remote) {
    return connections.keySet().stream().anyMatch(each -> each.hasPath(local, remote))
        || closed.stream().anyMatch(each -> each.remains().isAt(local, remote));
  }

  /** What all connections together make this endpoint hold, and what nobody has opened. */
  public void measure(Footprint out) {
    int count = connections.size() + closed.size();
    routes.measure(count, out);
    out.holds("handshakes", handshaking, count);
    out.holds("timers", deadlines.size(), count);
    out.holds("connections that wait to send", toSend.size(), count);
    newcomers.measure(out);
    unrouted.measure(out);
    answers.measure(out);
    unread.measure(out);
  }

  /** The connection is closed. From here on only the application holds it, if it does. */
  private void close(Route route) {
    letGo(route.connection());
    route.close(route.connection().remains());
    closed.add(route);
  }

  /** Nothing is left of the connection here. */
  private void forget(Route route) {
    if (!closed.remove(route)) {
      letGo(route.connection());
    }
    routes.forget(route);
    count(route, false);
    deadlines.forget(route.timer());
  }

  private void letGo(Connection connection) {
    connections.remove(connection);
    if (connection.unread() != null) {
      unread.keep(connection.unread(), connection.unreadUntil());
    }
  }

  /** The connection, if its handshake was not complete before; else null. */
  private Route receiveOne(DatagramBatch batch, int index, long now) {
    Route route = find(batch, index, now);
    if (route == null) {
      trace.onUnrouted(batch, index);
      return null;
    }
    if (route.isClosed()) {
      route.remains().receive(batch.length(index));
      touch(route);
      return null;
    }
    boolean wasComplete = route.connection().isHandshakeComplete();
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
    if (route.isHandshaking() && route.connection().isHandshakeComplete()) {
      count(route, false);
    }
    touch(route);
    return wasComplete ? null : route;
  }

  private void receiveRun(DatagramBatch batch, int from, int to, long now) {
    Route route = routes.last();
    if (route.isClosed()) {
      for (int i = from; i < to; i++) {
        route.remains().receive(batch.length(i));
      }
    } else {
      atWork = route;
      route.connection().receiveShort(batch, from, to, now);
      atWork = null;
    }
    touch(route);
  }

  private void count(Route route, boolean isHandshaking) {
    if (route.isHandshaking() != isHandshaking) {
      route.handshaking(isHandshaking);
      handshaking += isHandshaking ? 1 : -1;
    }
  }

  private Route find(DatagramBatch batch, int index, long now) {
    PacketHeader header = routes.header(batch, index);
    if (header == null) {
      return routes.resetBy(batch, index); // it may look like anything (§10.3)
    }
    Route route = routes.find(header, batch.remote(index));
    if (route == null) {
      route = routes.resetBy(batch, index); // or like any packet, of another version even (§10.3)
    }
    if (route == null) {
      Newcomers.Arrival arrival = unrouted.take(header, batch, index, now);
      route = arrival == null ? null : admit(arrival);
    }
    return route;
  }

  /** A connection for an Initial that belongs to none, or null. */
  private Route admit(Newcomers.Arrival arrival) {
    int established = connections.size() + closed.size() - handshaking;
    ServerOrigin origin = newcomers.judge(server, arrival, handshaking, established);
    return origin == null ? null : open(arrival, origin);
  }

  private Route open(Newcomers.Arrival arrival, ServerOrigin origin) {
    InetSocketAddress remote = arrival.remote();
    long now = arrival.now();
    Route route = new Route(routes, resets, false);
    Connection connection =
        making(
            route,
            () ->
                Connection.server(
                    server, origin, route, arrival.local(), remote, shared, config.random(), now));
    connection.issueTokens(newcomers);
    // Until the client knows an ID of ours it writes to the one that it made up (§7.2).
    routes.add(origin.firstDestination(), route);
    register(route, connection, remote);
    count(route, true);
    accepted.add(connection);
    // The connection holds them until the Initial, which follows, has given it the keys.
    for (EarlyArrivals.Arrival early : unrouted.early(origin.firstDestination(), now)) {
      early.reach(connection, now);
    }
    return route;
  }

  /** The program has a part in it, and may fail: then nothing leads to what is not there. */
  private Connection making(Route route, Supplier<Connection> maker) {
    try {
      return maker.get();
    } catch (RuntimeException | Error e) {
      routes.purge(route);
      throw e;
    }
  }

  private void register(Route route, Connection connection, InetSocketAddress remote) {
    route.connection(connection);
    routes.register(route, remote);
    connections.put(connection, route);
    touch(route);
  }

  private void touch(Route route) {
    if (route.isClosed()) {
      if (route.queueToSend()) {
        toSend.add(route); // there is nobody to tell first
      }
    } else if (route.touch()) {
      touched.add(route);
    }
  }
}
