package dev.sluice.quic.connection;

import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.path.Paths;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.MigrationState;
import java.net.InetSocketAddress;

/**
 * Moves a connection from path to path (RFC 9000 §9). A server follows its client; a client moves
 * when its application says so, or when the server prefers another address. Whoever moves on
 * purpose asks first whether the new path works.
 */
final class Migration {

  /**
   * What every path carries (§14). Nothing larger is sent before the peer's max_udp_payload_size is
   * known.
   */
  static final int START_DATAGRAM = 1200;

  /**
   * How long a move waits for the server to issue a connection ID (§9.5), in PTOs: three, for which
   * a path that was left keeps its own, and as many for that to be retired and replaced with a
   * loss.
   */
  private static final int WAIT_FOR_ID_PTOS = 6;

  /** Probe timeouts in a row after which the peer may be elsewhere, or lack IDs to answer with. */
  private static final int SILENT_PTOS = 3;

  private static final String TOO_NARROW = "the path does not carry 1200 bytes";
  private static final String SUPERSEDED = "another move took its place";

  private final Connection connection;
  private Paths paths;

  /** The server's, as its client knows it or as it told its client; null without one. */
  private PreferredAddress preferred;

  /** Client: the path to the preferred address while that is being validated. */
  private Path toPreferred;

  private boolean reachedPreferred;

  /** Client: the server has been asked for another path, for which it took an ID of ours. */
  private boolean probed;

  /** Client: where to move once the handshake is confirmed (§9); null for nowhere. */
  private InetSocketAddress waiting;

  private long waitingUntil = Long.MAX_VALUE;

  /** Server: a path that was left for the preferred address, and the last packet before that. */
  private Path left;

  private long lastOnLeft;

  Migration(Connection connection) {
    this.connection = connection;
  }

  /** The paths of a connection that begins on the one with these addresses. */
  Paths begin(InetSocketAddress local, InetSocketAddress remote, boolean validated) {
    configure(connection.recovery.path());
    paths =
        new Paths(
            connection.isClient(),
            new Path(local, remote, validated, connection.recovery.path()),
            connection.ids.remote(),
            this::newPath,
            connection.recovery::onPathForgotten);
    return paths;
  }

  private PathRecovery newPath() {
    PathRecovery made =
        connection.recovery.newPath(
            connection.config.congestion().create(START_DATAGRAM, connection.random));
    made.setMaxDatagramSize(atMost(connection.config.initialDatagramSize()));
    configure(made);
    return made;
  }

  private void configure(PathRecovery made) {
    if (!connection.config.ecn()) {
      made.ecn().disable();
    }
  }

  /** No more than the peer takes, and nothing but the smallest size before it has said so (§14). */
  private int atMost(int size) {
    TransportParameters peer = connection.handshake.peer();
    return peer == null ? START_DATAGRAM : (int) Math.min(size, peer.maxUdpPayloadSize());
  }

  /** Looks for the largest datagram that the path in use carries (§14.3.1). */
  private void discoverMtu() {
    if (connection.config.mtuDiscovery()
        && connection.handshake.isConfirmed()
        && paths.active().works()) {
      paths.active().recovery().discoverMtu(atMost(connection.config.maxDatagramSize()));
    }
  }

  /** The system did not send a datagram, since it was too large for the way to its destination. */
  void onDatagramTooLarge(InetSocketAddress remote, int bytes, long now) {
    Path path = paths.active();
    if (!path.remote().equals(remote) || !connection.closing.isOpen()) {
      return;
    }
    if (bytes <= START_DATAGRAM) {
      onActiveFailed(TOO_NARROW, true, now); // §14.2
    } else {
      connection.recovery.onDatagramTooLarge(path.recovery(), bytes, now);
    }
  }

  // ---- the handshake

  /** Server: the address to tell the client, with an ID for it; null without one. */
  PreferredAddress offered() {
    MigrationConfig config = connection.config.migration();
    if (preferred == null && !config.preferred().isEmpty() && !connection.ids.isSingle()) {
      preferred = connection.ids.preferredAddress(config.preferredIpv4(), config.preferredIpv6());
    }
    return preferred;
  }

  void onPeerParameters(TransportParameters peer) {
    paths.active().recovery().setMaxDatagramSize(atMost(connection.config.initialDatagramSize()));
    if (peer.preferredAddress() == null || preferred != null) {
      return;
    }
    if (connection.ids.peerFirst().length() == 0) {
      throw new TransportException(
          TransportError.TRANSPORT_PARAMETER_ERROR,
          FrameTypes.CRYPTO,
          "transport parameters: preferred_address of a server without connection IDs");
    }
    preferred = PreferredAddress.read(peer.preferredAddress());
    connection.ids.remote().onPreferredAddress(preferred.id(), preferred.resetToken().toArray());
  }

  /** From here on endpoints may move (§9). */
  void onHandshakeConfirmed(long now) {
    if (paths.active().isValidated()) {
      giveToken(now);
    } else {
      // A client whose NAT was rebound during the handshake could not answer before (§12.4).
      paths.active().validate(pto(), now);
    }
    discoverMtu();
    if (connection.isClient() && preferred != null) {
      probePreferred(paths.active().local(), now);
    }
    waitingUntil = now + WAIT_FOR_ID_PTOS * pto();
    beginWaiting(now);
  }

  // ---- the client moves

  /**
   * Client: asks whether the server can be reached from another local address, and moves there if
   * so. The outcome is an event: {@link QuicEvent.PathChanged} or {@link
   * QuicEvent.MigrationFailed}.
   */
  void migrate(InetSocketAddress local, long now) {
    String obstacle = obstacle();
    if (obstacle != null) {
      fail(local, obstacle);
      return;
    }
    if (waiting != null) {
      fail(waiting, SUPERSEDED);
    }
    waiting = local;
    waitingUntil =
        connection.handshake.isConfirmed() ? now + WAIT_FOR_ID_PTOS * pto() : Long.MAX_VALUE;
    beginWaiting(now);
  }

  /** Whether a move to this address waits to begin. */
  boolean isWaitingFor(InetSocketAddress local) {
    return local.equals(waiting);
  }

  /** Begins the move that waits, if the handshake is confirmed and there is a connection ID. */
  private void beginWaiting(long now) {
    if (waiting == null || !connection.handshake.isConfirmed()) {
      return;
    }
    InetSocketAddress local = waiting;
    String obstacle = obstacle(); // the server may have said something meanwhile
    Path path = obstacle == null ? paths.add(local, paths.active().remote()) : null;
    if (obstacle != null) {
      waiting = null;
      fail(local, obstacle);
    } else if (path != null) {
      waiting = null;
      boolean preferring = toPreferred != null;
      supersede();
      validate(path, now);
      if (preferring) {
        // Both addresses of the server are tried from the new one at the same time (§9.6.3).
        probePreferred(local, now);
      }
    }
  }

  private void fail(InetSocketAddress local, String reason) {
    connection.events.add(new QuicEvent.MigrationFailed(local, reason));
  }

  /** Gives up the moves that are being prepared. */
  private void supersede() {
    for (Path given : paths.unwant()) {
      paths.forget(given);
      if (given != toPreferred) {
        fail(given.local(), SUPERSEDED);
      }
    }
    toPreferred = null;
  }

  private String obstacle() {
    if (!connection.isClient()) {
      return "only clients migrate";
    }
    if (!connection.closing.isOpen()) {
      return "the connection has ended";
    }
    if (!connection.handshake.isConfirmed()) {
      return null; // it waits
    }
    if (connection.handshake.peer().disableActiveMigration() && !reachedPreferred) {
      return "the server has disabled active migration";
    }
    if (connection.ids.remote().areEmpty()) {
      return "the server uses no connection IDs, and both paths could be linked";
    }
    return null;
  }

  private void probePreferred(InetSocketAddress local, long now) {
    InetSocketAddress there = preferred.like(paths.active().remote());
    if (there != null
        && !there.equals(paths.active().remote())
        && connection.config.migration().followPreferred()) {
      toPreferred = paths.add(local, there);
      if (toPreferred != null) {
        validate(toPreferred, now);
      }
    }
  }

  /** Nothing is acknowledged any more. */
  void onProbeTimeout(long now) {
    if (connection.recovery.ptoCount() < SILENT_PTOS) {
      return;
    }
    if (!connection.isClient()) {
      askElsewhere(now);
    } else if (probed && connection.recovery.ptoCount() == SILENT_PTOS) {
      // A server may hear us where we are now and have no connection ID left to answer with: those
      // that it knows went to paths that we have left, and so does what it retires them with. New
      // ones in place of all give it a voice (§5.1.1, §5.1.2).
      connection.renewConnectionIds();
    }
  }

  /**
   * Server: the client was elsewhere when it was last heard, and did not answer there. Now it does
   * not answer here either, and it may have no reason to say anything.
   */
  private void askElsewhere(long now) {
    for (Path path : paths.wantedAndInDoubt()) {
      trace(MigrationState.PROBING_STARTED, path, now);
      path.validate(pto(), now);
    }
  }

  private void validate(Path path, long now) {
    probed = true;
    paths.moveWhenValidated(path);
    trace(MigrationState.PROBING_STARTED, path, now);
    path.validate(pto(), now);
  }

  // ---- the server follows

  /**
   * Server: whether a packet comes at the address that was left for the preferred one, although it
   * was sent after the move (§9.6.2).
   */
  boolean isLeft(Path path, long packetNumber) {
    return left != null && packetNumber > lastOnLeft && path.sharesLocalWith(left);
  }

  /**
   * Server: an authentic packet came. On another path than before this means that the client has
   * moved (§9.3), or is about to.
   *
   * @param moves whether it is the newest of its space and has other than probing frames
   */
  void onPacket(InboundPacket packet, boolean moves, long now) {
    Path path = packet.path();
    // Before the handshake is confirmed nobody moves on purpose (§9).
    boolean mayMove = packet.type() == PacketType.ONE_RTT;
    boolean isNew = paths.keep(path, packet.destination(), mayMove, now);
    if (path == paths.active()) {
      if (moves) {
        paths.unwant();
      }
      return;
    }
    if ((isNew || path.isInDoubt()) && connection.handshake.isConfirmed()) {
      trace(MigrationState.PROBING_STARTED, path, now);
      path.validate(pto(), now); // §9.6.3, §9.3
    }
    if (!moves) {
      return;
    }
    if (!path.sharesLocalWith(paths.active()) && !path.hasAnswered()) {
      // At the preferred address nothing but probes is sent before the path is validated (§9.6.2).
      paths.moveWhenValidated(path);
      return;
    }
    follow(path, packet.number(), now);
  }

  private void follow(Path path, long packetNumber, long now) {
    Path before = paths.active();
    if (!path.sharesLocalWith(before)) {
      left = before;
      lastOnLeft = packetNumber;
    }
    move(path, now);
    if (before.works() && connection.handshake.isConfirmed()) {
      // Tells a client that was moved by an attacker: it answers from where it really is (§9.3.3).
      before.validate(pto(), now);
    } else {
      paths.abandonValidation(before);
    }
  }

  private void move(Path path, long now) {
    paths.activate(path, pto(), now);
    onMoved(now);
    if (path.works() && connection.handshake.isConfirmed()) {
      giveToken(now); // the client showed that it is there before it moved (§9.3)
    }
  }

  private void giveToken(long now) {
    connection.newTokens.onAddressValidated(
        connection.versions.current(), paths.active().remote(), now);
  }

  private void onMoved(long now) {
    Path active = paths.active();
    connection.recovery.usePath(active.recovery(), now);
    connection.ackFrequency.onMoved(now);
    discoverMtu();
    connection.events.add(new QuicEvent.PathChanged(active.local(), active.remote()));
    trace(
        active.works() ? MigrationState.MIGRATION_COMPLETE : MigrationState.MIGRATION_STARTED,
        active,
        now);
  }

  private void trace(MigrationState state, Path path, long now) {
    connection.trace(
        now, () -> new TraceEvent.MigrationUpdated(state, path.id(), path.local(), path.remote()));
  }

  // ---- answers and silence

  /** PATH_RESPONSE (§8.2.3). */
  void onResponse(long data, long now) {
    Path path = paths.onResponse(data, pto(), now);
    if (path == null) {
      return;
    }
    boolean moved = path == paths.active();
    trace(moved ? MigrationState.MIGRATION_COMPLETE : MigrationState.PROBING_SUCCESSFUL, path, now);
    if (path == toPreferred) {
      toPreferred = null;
      reachedPreferred = true;
      // The original address need not be tried any longer (§9.6.3).
      paths.unwant().stream().filter(other -> other != path).forEach(paths::forget);
      move(path, now);
    } else if (moved) {
      giveToken(now);
      discoverMtu();
    } else if (paths.isWanted(path) && toPreferred == null) {
      if (connection.isClient()) {
        move(path, now);
      } else {
        follow(path, connection.spaces.application().acks().largestReceived(), now);
      }
    }
  }

  long deadline() {
    return waiting == null ? paths.deadline() : Math.min(waitingUntil, paths.deadline());
  }

  void onDeadline(long now) {
    if (waiting != null && now >= waitingUntil) {
      fail(waiting, "the server has issued no connection ID for it");
      waiting = null;
    }
    Path active = paths.active();
    for (Path path : paths.onDeadline(now)) {
      if (path == active && active.isValidated()) {
        onActiveFailed(TOO_NARROW, true, now); // §8.2.4
      } else if (path == active) {
        onActiveFailed("the peer does not answer at its new address", false, now); // §9.3.2
      } else {
        onProbeFailed(path, now);
      }
    }
  }

  private void onProbeFailed(Path path, long now) {
    trace(MigrationState.PROBING_ABANDONED, path, now);
    boolean wanted = paths.isWanted(path);
    paths.onProbeFailed(path);
    if (path == toPreferred) {
      toPreferred = null;
      Path waiting = paths.wantedAndAnswered();
      if (waiting != null) {
        move(waiting, now);
      }
    } else if (wanted && connection.isClient()) {
      fail(path.local(), "the server did not answer on this path");
    }
  }

  /** Nothing can be sent on the path in use: there is another one, or that is the end. */
  private void onActiveFailed(String reason, boolean told, long now) {
    Path failed = paths.active();
    if (paths.fallBack(pto(), now) != null) {
      trace(MigrationState.MIGRATION_ABANDONED, failed, now);
      onMoved(now);
      return;
    }
    TransportClose ending =
        new TransportClose(Side.LOCAL, TransportError.NO_VIABLE_PATH.code(), 0, reason);
    if (told) {
      connection.closing.close(ending, now);
    } else {
      connection.closing.endSilently(ending, now);
    }
  }

  /** The peer issued or revoked connection IDs; paths may have waited for one. */
  void onRemoteIds(long now) {
    paths.renewDestinations();
    beginWaiting(now);
  }

  private long pto() {
    return connection.recovery.ptoNanos();
  }
}
