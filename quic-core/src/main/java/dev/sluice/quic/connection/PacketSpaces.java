package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.recovery.AckTracker;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.stream.ChunkPool;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.KeyTrigger;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsEvent.Direction;
import java.util.Arrays;
import java.util.List;

/** The three packet number spaces, and the coming and going of their keys (RFC 9001 §4.9). */
final class PacketSpaces {

  /**
   * A little less than the max_ack_delay that the peer was told, since timers run late (§13.2.1).
   */
  private static final long ACK_DELAY_NANOS =
      (LocalParameters.MAX_ACK_DELAY_MILLIS - 5) * 1_000_000L;

  private final Connection connection;
  private final PacketSpace initial;
  private final PacketSpace handshake;
  private final PacketSpace application;
  private final OneRttKeys oneRtt;
  private ConnectionId initialDestination;

  /** Made once, since it is asked for with every packet. */
  private final List<PacketSpace> all;

  PacketSpaces(Connection connection, ChunkPool pool) {
    this.connection = connection;
    this.initial = space(EncryptionLevel.INITIAL, pool);
    this.handshake = space(EncryptionLevel.HANDSHAKE, pool);
    this.application = space(EncryptionLevel.APPLICATION, pool);
    this.oneRtt = new OneRttKeys(connection);
    this.all = List.of(initial, handshake, application);
  }

  private static PacketSpace space(EncryptionLevel level, ChunkPool pool) {
    return new PacketSpace(
        level,
        new AckTracker(PacketNumberSpace.of(level), ACK_DELAY_NANOS),
        new CryptoStream(level, pool));
  }

  /** 0-RTT shares the space of 1-RTT (RFC 9000 §12.3). */
  PacketSpace of(EncryptionLevel level) {
    return switch (level) {
      case INITIAL -> initial;
      case HANDSHAKE -> handshake;
      case EARLY_DATA, APPLICATION -> application;
    };
  }

  PacketSpace of(PacketNumberSpace number) {
    return switch (number) {
      case INITIAL -> initial;
      case HANDSHAKE -> handshake;
      case APPLICATION -> application;
    };
  }

  /** In the order in which they are coalesced into a datagram. */
  List<PacketSpace> all() {
    return all;
  }

  PacketSpace application() {
    return application;
  }

  OneRttKeys oneRtt() {
    return oneRtt;
  }

  /** Whether packets can be sent in the space. */
  boolean canSend(PacketSpace space) {
    return space == application
        ? oneRtt.canSend() || connection.early.isSending()
        : space.sendKeys() != null;
  }

  /** Initial keys follow from the destination of the client's first Initial (RFC 9001 §5.2). */
  void installInitial(QuicVersion version, ConnectionId destination) {
    initialDestination = destination;
    PacketKeys client = InitialKeys.client(version, destination, connection.shared.ciphers);
    PacketKeys server = InitialKeys.server(version, destination, connection.shared.ciphers);
    initial.sendKeys(connection.isClient() ? client : server);
    initial.receiveKeys(connection.isClient() ? server : client);
    traceInitial();
  }

  private void traceInitial() {
    for (boolean send : new boolean[] {true, false}) {
      connection.trace(
          () -> new TraceEvent.KeyUpdated(PacketType.INITIAL, send, 0, KeyTrigger.TLS));
    }
  }

  /** A server's Initial keys of another version, to see whether it is the negotiated one. */
  PacketKeys serverInitial(QuicVersion version) {
    return InitialKeys.server(version, initialDestination, connection.shared.ciphers);
  }

  /** The handshake goes on in another version (RFC 9369 §4.1). */
  void changeVersion(QuicVersion version) {
    PacketKeys client = InitialKeys.client(version, initialDestination, connection.shared.ciphers);
    PacketKeys server = serverInitial(version);
    initial.sendKeys(connection.isClient() ? client : server);
    initial.succeedReceiveKeys(connection.isClient() ? server : client);
  }

  /** TLS has a secret ready. */
  void install(TlsEvent.TrafficSecret secret, long now) {
    boolean send = secret.direction() == Direction.SEND;
    PacketType type = packetType(secret.level());
    switch (secret.level()) {
      case INITIAL -> throw new IllegalStateException("Initial keys do not come from TLS");
      case EARLY_DATA -> {
        if (send) {
          connection.early.onSendKeys(keys(secret));
        } else {
          connection.early.onReceiveKeys(keys(secret));
        }
      }
      case HANDSHAKE -> {
        PacketKeys keys = keys(secret);
        if (send) {
          handshake.sendKeys(keys);
          connection.recovery.onHandshakeKeys();
        } else {
          handshake.receiveKeys(keys);
          initial.crypto().supersede();
        }
      }
      case APPLICATION -> {
        if (send) {
          oneRtt.installSend(keys(secret));
        } else {
          oneRtt.installReceive(keys(secret));
        }
      }
    }
    Arrays.fill(secret.secret(), (byte) 0);
    connection.receiver.keysArrived();
    connection.trace(now, () -> new TraceEvent.KeyUpdated(type, send, 0, KeyTrigger.TLS));
  }

  private PacketKeys keys(TlsEvent.TrafficSecret secret) {
    QuicVersion version = connection.versions.forSending(packetType(secret.level()));
    return PacketKeys.of(version, secret.cipherSuite(), secret.secret(), connection.shared.ciphers);
  }

  private static PacketType packetType(EncryptionLevel level) {
    return switch (level) {
      case INITIAL -> PacketType.INITIAL;
      case EARLY_DATA -> PacketType.ZERO_RTT;
      case HANDSHAKE -> PacketType.HANDSHAKE;
      case APPLICATION -> PacketType.ONE_RTT;
    };
  }

  /** Drops the keys of a level, and what is in flight at it (RFC 9001 §4.9). */
  void discard(EncryptionLevel level, long now) {
    PacketSpace space = of(level);
    if (!space.isDiscarded()) {
      space.discard();
      connection.recovery.discard(space.number(), now);
      for (boolean send : new boolean[] {true, false}) {
        connection.trace(
            now, () -> new TraceEvent.KeyDiscarded(packetType(level), send, 0, KeyTrigger.TLS));
      }
    }
  }

  /** The connection is gone: no key is needed any more. */
  void destroy() {
    initial.discard();
    handshake.discard();
    application.discard();
    oneRtt.destroy();
    connection.early.destroy();
  }
}
