package dev.sluice.quic.connection;

import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.path.LocalConnectionIds;
import dev.sluice.quic.path.RemoteConnectionIds;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;

/** Every connection ID of a connection: ours, the peer's, and those of the handshake. */
final class ConnectionIds {
  private final ConnectionIdSource source;
  private final ConnectionId localFirst;
  private final LocalConnectionIds local;
  private final RemoteConnectionIds remote;
  private final ConnectionId routedUntilConfirmed;
  private ConnectionId originalDestination;
  private ConnectionId peerFirst;
  private ConnectionId retrySource;
  private ConnectionId lastRead = ConnectionId.EMPTY;
  private long peerLimit;
  private boolean renewalWanted;

  /** The ID that the client made up leads here no more. Another connection may begin with it. */
  private boolean letGo;

  private ConnectionIds(
      ConnectionIdSource source,
      ConnectionId remoteFirst,
      ConnectionId originalDestination,
      ConnectionId routedUntilConfirmed) {
    this.source = source;
    this.localFirst = source.issue();
    this.local = new LocalConnectionIds(source, localFirst);
    this.remote = new RemoteConnectionIds(source, remoteFirst);
    this.originalDestination = originalDestination;
    this.routedUntilConfirmed = routedUntilConfirmed;
  }

  /**
   * A client's.
   *
   * @param invented the random destination of its first Initial (RFC 9000 §7.2)
   */
  static ConnectionIds client(ConnectionIdSource source, ConnectionId invented) {
    return new ConnectionIds(source, invented, invented, null);
  }

  /** A server's. */
  static ConnectionIds server(ConnectionIdSource source, ServerOrigin origin) {
    ConnectionIds ids =
        new ConnectionIds(
            source, origin.clientSource(), origin.originalDestination(), origin.firstDestination());
    ids.peerFirst = origin.clientSource();
    ids.retrySource = origin.retrySource();
    return ids;
  }

  LocalConnectionIds local() {
    return local;
  }

  RemoteConnectionIds remote() {
    return remote;
  }

  /** The source of our first long headers, initial_source_connection_id. */
  ConnectionId localFirst() {
    return localFirst;
  }

  /** Whether the peer gets no ID but the first. */
  boolean isSingle() {
    return source.isSingle();
  }

  /** Has the peer use new IDs, as soon as it may be given any. */
  void renew(boolean confirmed) {
    renewalWanted = !confirmed;
    if (confirmed) {
      local.renew();
    }
  }

  /** The stateless reset token of our first ID (§18.2). */
  byte[] resetToken() {
    return source.resetToken(localFirst);
  }

  /** The source of the peer's first long header; null for a client before it came. */
  ConnectionId peerFirst() {
    return peerFirst;
  }

  ConnectionId originalDestination() {
    return originalDestination;
  }

  ConnectionId retrySource() {
    return retrySource;
  }

  /** Client: the first flight is made once more, to another destination (RFC 9368 §2.4). */
  void restart(ConnectionId invented) {
    originalDestination = invented;
    remote.replaceFirst(invented);
  }

  /** Client: the server's Retry moves us to another destination (§17.2.5.1). */
  void onRetry(ConnectionId chosen) {
    retrySource = chosen;
    remote.replaceFirst(chosen);
  }

  /** Client: the server's first Initial names the destination from here on (§7.2). */
  void onFirstPacket(ConnectionId chosen) {
    peerFirst = chosen;
    remote.replaceFirst(chosen);
  }

  /** Whether a packet with this destination is for this connection. */
  boolean isOurs(ConnectionId destination) {
    return local.contains(destination) || destination.equals(routedUntilConfirmed);
  }

  /**
   * The destination of a short header, whose length is that of our IDs. As long as the peer stays
   * with one ID this is one object.
   *
   * @param offset where the ID begins
   */
  ConnectionId read(byte[] buffer, int offset) {
    if (lastRead.length() != localFirst.length()
        || !lastRead.matches(buffer, offset, offset + localFirst.length())) {
      lastRead = ConnectionId.of(buffer, offset, localFirst.length());
    }
    return lastRead;
  }

  /** Server: where the client shall move to, with an ID for it (§9.6). */
  PreferredAddress preferredAddress(InetSocketAddress ipv4, InetSocketAddress ipv6) {
    ConnectionId id = local.issueForPreferredAddress();
    return new PreferredAddress(ipv4, ipv6, id, Bytes.of(source.resetToken(id)));
  }

  void onPeerLimit(long activeConnectionIdLimit) {
    peerLimit = activeConnectionIdLimit;
  }

  /** The handshake is confirmed: the peer gets IDs to spare, the ID it made up is let go. */
  void issueMore() {
    local.onPeerLimit(peerLimit);
    if (renewalWanted) {
      renew(true);
    }
    letGo();
  }

  /** Where ours come from, and go back to. */
  ConnectionIdSource source() {
    return source;
  }

  /** Gives up all of ours: those that lead here, for whoever retires them at their source. */
  List<ConnectionId> release() {
    List<ConnectionId> released = local.release();
    if (routedUntilConfirmed != null && !letGo) {
      letGo = true;
      released.add(routedUntilConfirmed);
    }
    return List.copyOf(released);
  }

  private void letGo() {
    if (routedUntilConfirmed != null && !letGo) {
      letGo = true;
      source.retire(routedUntilConfirmed);
    }
  }
}
