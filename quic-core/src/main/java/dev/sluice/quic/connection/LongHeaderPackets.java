package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.EncryptionLevel;

/**
 * Opens packets with long headers: Initial, 0-RTT and Handshake (RFC 9000 §17.2), of each version
 * that the connection may have (RFC 9369 §4.1).
 */
final class LongHeaderPackets {

  private final Connection connection;
  private final InboundPacket packet;

  /**
   * @param packet where an opened one is put
   */
  LongHeaderPackets(Connection connection, InboundPacket packet) {
    this.connection = connection;
    this.packet = packet;
  }

  /** Opens one. False when it is not authentic or not to be read, or waits for its keys. */
  boolean open(LongHeader header, byte[] buffer, Path path, int ecn, long now) {
    EncryptionLevel level =
        switch (header.type()) {
          case INITIAL -> EncryptionLevel.INITIAL;
          case ZERO_RTT -> EncryptionLevel.EARLY_DATA;
          default -> EncryptionLevel.HANDSHAKE;
        };
    boolean early = level == EncryptionLevel.EARLY_DATA;
    PacketSpace space = connection.spaces.of(level);
    if (!isOfUsableVersion(header.version(), early, space) || !isForUs(header)) {
      String reason = "the version or a connection ID is not this connection's";
      return drop(header, DropCause.CONNECTION_UNKNOWN, reason, now);
    }
    if (connection.isClient() && !header.token().isEmpty()) {
      return drop(header, DropCause.INVALID, "a server's Initial with a token", now); // §17.2.2
    }
    if (early && (connection.isClient() || connection.early.keys() == null)) {
      onUnreadableEarly(header, buffer, path, ecn, now);
      return false;
    }
    PacketKeys keys = early ? connection.early.keys() : keys(header.version(), space);
    if (keys == null) {
      connection.receiver.hold(
          header.type(), space, buffer, header.start(), header.end(), path, ecn, now);
      return false;
    }
    packet.begin(header, space, path);
    if (!open(header, keys, buffer, now)) {
      return false;
    }
    if (connection.isClient()) {
      onServersWord(header);
    } else if (level == EncryptionLevel.HANDSHAKE) {
      onClientsHandshake(path, now);
    }
    return true;
  }

  private boolean open(LongHeader header, PacketKeys keys, byte[] buffer, long now) {
    int numberOffset = header.packetNumberOffset();
    int numberLength = keys.unprotectHeader(buffer, header.start(), numberOffset, header.end());
    if (numberLength < 0) {
      return drop(header, DropCause.INVALID, "too short for header protection", now);
    }
    packet.number(buffer, numberOffset, numberLength);
    int headerLength = numberOffset + numberLength - header.start();
    return packet.open(keys, buffer, header.start(), headerLength, header.end())
        || drop(header, DropCause.DECRYPTION_FAILURE, "failed to authenticate", now);
  }

  /** An authentic packet shows which version and which connection ID the server has chosen. */
  private void onServersWord(LongHeader header) {
    if (!isCurrent(header.version())) {
      connection.versions.become(header.version());
      connection.spaces.changeVersion(header.version());
    }
    if (connection.ids.peerFirst() == null) {
      connection.ids.onFirstPacket(header.source());
    }
  }

  /** Nobody sends Initials any more (RFC 9001 §4.9.1). */
  private void onClientsHandshake(Path path, long now) {
    if (connection.paths.isFirst(path)) {
      // Only who received our Initial can make these keys: the address is validated (§8.1). One
      // that the client has come to since may be anybody's.
      path.amplification().validate();
    }
    connection.spaces.discard(EncryptionLevel.INITIAL, now);
  }

  private boolean isCurrent(QuicVersion version) {
    return version == connection.versions.current();
  }

  private boolean isOfUsableVersion(QuicVersion version, boolean early, PacketSpace space) {
    return early
        ? version == connection.versions.original()
        : isCurrent(version) || isOfAnotherVersion(version, space);
  }

  /**
   * Whether a packet of a version that is not in use may belong to the connection all the same: for
   * a server what the client sent before it knew of the negotiated version, for a client what may
   * show it (RFC 9369 §4.1).
   */
  private boolean isOfAnotherVersion(QuicVersion version, PacketSpace space) {
    return connection.isClient()
        ? connection.versions.mayBecome(version) && !space.isDiscarded()
        : version == connection.versions.original() && space.formerReceiveKeys() != null;
  }

  /** After the first packet the peer's ID must not change (§7.2). */
  private boolean isForUs(LongHeader header) {
    ConnectionId peer = connection.ids.peerFirst();
    return connection.ids.isOurs(header.destination())
        && (peer == null || peer.equals(header.source()));
  }

  /** Null when they are not there yet, as for a Handshake packet that comes before an Initial. */
  private PacketKeys keys(QuicVersion version, PacketSpace space) {
    if (isCurrent(version)) {
      return space.receiveKeys();
    }
    if (!connection.isClient()) {
      return space.formerReceiveKeys();
    }
    return space.level() == EncryptionLevel.INITIAL
        ? connection.spaces.serverInitial(version)
        : null;
  }

  /** 0-RTT before the server has made up its mind waits for it; a client never reads any (§5.6). */
  private void onUnreadableEarly(LongHeader header, byte[] buffer, Path path, int ecn, long now) {
    if (connection.early.isUndecided()) {
      connection.receiver.holdEarly(buffer, header.start(), header.end(), path, ecn, now);
    } else {
      drop(header, DropCause.KEY_UNAVAILABLE, "0-RTT was not accepted, or is over", now);
    }
  }

  /** False, as what is dropped is not opened. */
  private boolean drop(LongHeader header, DropCause cause, String reason, long now) {
    int length = header.end() - header.start();
    connection.receiver.drop(header.type(), length, cause, reason, now);
    return false;
  }
}
