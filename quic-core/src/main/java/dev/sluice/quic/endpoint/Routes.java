package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.path.LocalConnectionIds;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which connection a datagram is for (RFC 9000 §5.2): by its destination ID, by the address that it
 * comes from where this endpoint gives out none, or by the reset token at its end.
 */
final class Routes {
  /** What a connection issues and has replaced, and the ID that its client made up. */
  private static final long IDS_EACH = LocalConnectionIds.MOST + 1;

  private final ConnectionIdGenerator ids;
  private final Siblings siblings;
  private final StatelessResets resets;
  private final RandomGenerator random;
  private final Map<ConnectionId, Route> byId = new HashMap<>();
  private final Map<InetSocketAddress, Route> byRemote = new HashMap<>();
  private final Map<Bytes, Route> expectedResets = new HashMap<>();

  /**
   * Where the last datagram went that had a short header, and the ID that led there: the datagrams
   * of a batch mostly have one destination, and then none of them needs an object or the map.
   */
  private Route lastRoute;

  private ConnectionId lastId = ConnectionId.EMPTY;
  private InetSocketAddress lastRemote;

  Routes(EndpointConfig config, StatelessResets resets) {
    this.ids = config.connectionIds();
    this.siblings = config.siblings();
    this.random = config.random();
    this.resets = resets;
  }

  /** Whether this endpoint gives out no IDs, so that addresses lead to connections. */
  boolean areByAddress() {
    return ids.length() == 0;
  }

  /** Whether IDs lead here wherever the peer is. */
  boolean areRoutable() {
    return ids.isRoutable();
  }

  /** Length in bytes of the IDs that lead here. */
  int idLength() {
    return ids.length();
  }

  /** An ID that leads nowhere yet, and names this one of the endpoints that share the port. */
  ConnectionId unused() {
    ConnectionId id = ids.next(random);
    while (!siblings.isOwn(id) || id.length() > 0 && byId.containsKey(id)) {
      id = ids.next(random);
    }
    return id;
  }

  /** An ID that nobody has issued. */
  ConnectionId invented(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    return ConnectionId.of(id);
  }

  /** A new ID that leads to the connection. */
  ConnectionId issue(Route route) {
    ConnectionId id = unused();
    if (id.length() > 0) {
      byId.put(id, route);
    }
    return id;
  }

  /** An ID that the peer made up leads to the connection too (§7.2). */
  void add(ConnectionId madeUp, Route route) {
    byId.put(madeUp, route);
  }

  void remove(ConnectionId id) {
    byId.remove(id);
    if (id.equals(lastId)) {
      lastRoute = null;
    }
  }

  /** Without IDs: whether there is a connection with this address already (§5.1). */
  boolean isTaken(InetSocketAddress remote) {
    return areByAddress() && byRemote.containsKey(remote);
  }

  /** The connection's peer is at this address. */
  void register(Route route, InetSocketAddress remote) {
    if (areByAddress()) {
      byRemote.put(remote, route);
    }
  }

  /** The connection is over. */
  void forget(Route route) {
    lastRoute = lastRoute == route ? null : lastRoute;
    if (areByAddress()) {
      byRemote.values().removeIf(other -> other == route);
    }
  }

  /** Nothing is to lead to the connection any more, in whatever state it is. */
  void purge(Route route) {
    byId.values().removeIf(other -> other == route);
    byRemote.values().removeIf(other -> other == route);
    expectedResets.values().removeIf(other -> other == route);
    lastRoute = null;
  }

  /** Where the last datagram with a short header went; null when that is not known any more. */
  Route last() {
    return lastRoute;
  }

  /** Where the datagrams end that, from this one on, go where the last short header led to. */
  int endOfRun(DatagramBatch batch, int from) {
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
        && PacketParser.isShort(batch.buffer(), offset, end, ids.length(), true)
        && lastId.matches(batch.buffer(), offset + 1, end)
        && (!areByAddress() || batch.remote(index).equals(lastRemote));
  }

  /** The header of a datagram's first packet; null when it has none. */
  PacketHeader header(DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    int end = offset + batch.length(index);
    // A connection drops what has a QUIC bit that it did not allow.
    return PacketParser.parse(batch.buffer(), offset, end, ids.length(), true);
  }

  /** Whether the batch has a datagram there, and it is for this connection. */
  boolean lead(DatagramBatch batch, int index, Route to) {
    if (index == batch.count()) {
      return false;
    }
    PacketHeader header = header(batch, index);
    return header != null && find(header, batch.remote(index)) == to;
  }

  /** The connection that a packet is for; null for none. */
  Route find(PacketHeader header, InetSocketAddress remote) {
    ConnectionId id = header.destination();
    Route route = id.length() == 0 && areByAddress() ? byAddress(remote) : byId.get(id);
    if (route != null && header instanceof ShortHeader) {
      lastRoute = route;
      lastId = id;
      lastRemote = remote;
    }
    return route;
  }

  /**
   * A socket with one connection that it has opened itself has nothing to tell apart: the server
   * may write from its preferred address too.
   */
  private Route byAddress(InetSocketAddress remote) {
    Route route = byRemote.get(remote);
    return route == null && byRemote.size() == 1 && byRemote.values().iterator().next().isClient()
        ? byRemote.values().iterator().next()
        : route;
  }

  /** The datagram that ends in this token resets the connection (§10.3.1). */
  void expectReset(Route route, byte[] token) {
    if (route.expectedReset() != null) {
      expectedResets.remove(route.expectedReset(), route);
    }
    route.expectedReset(token == null ? null : resets.blind(token, 0));
    if (token != null) {
      expectedResets.put(route.expectedReset(), route);
    }
  }

  /** What leads to connections, of which there are so many. */
  void measure(int connections, Footprint out) {
    out.holds("IDs that lead to connections", byId.size(), IDS_EACH * connections);
    out.holds("addresses that lead to connections", byRemote.size(), connections);
    out.holds("expected resets", expectedResets.size(), connections);
  }

  /** The connection that the peer has forgotten, if that is what the datagram says (§10.3.1). */
  Route resetBy(DatagramBatch batch, int index) {
    int length = batch.length(index);
    if (expectedResets.isEmpty() || length < StatelessResets.MIN_LENGTH) {
      return null;
    }
    return expectedResets.get(
        resets.blind(batch.buffer(), batch.offset(index) + length - StatelessResets.TOKEN));
  }
}
