package dev.sluice.quic.connection;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.recovery.Timeout;

/**
 * When something is due, and what is done then. Idle timeout, reports of being blocked, keep-alive
 * and the limit on the handshake (RFC 9000 §10.1) are kept here; the other deadlines of a
 * connection live with what they are about.
 */
final class Timers {
  private final Connection connection;
  private final long handshakeDeadline;
  private final long started;
  private long idleTimeout;
  private long idleSince;
  private boolean elicitedSinceReceive;
  private boolean pingWanted;
  private boolean blockedRepeated;

  Timers(Connection connection, long now) {
    this.connection = connection;
    this.started = now;
    this.idleSince = now;
    this.idleTimeout = connection.config.idleTimeoutNanos();
    this.handshakeDeadline = now + connection.config.handshakeTimeoutNanos();
  }

  /** The effective timeout is the smaller of the two sides' (§10.1). */
  void onPeerIdleTimeout(long nanos) {
    long own = idleTimeout == 0 ? TransportConfig.LONGEST.toNanos() : idleTimeout;
    idleTimeout = nanos == 0 ? idleTimeout : Math.min(own, nanos);
  }

  void onPacketReceived(long now) {
    idleSince = now;
    elicitedSinceReceive = false;
    blockedRepeated = false;
  }

  /** Only the first ack-eliciting packet since the peer was last heard restarts the timer. */
  void onAckElicitingSent(long now) {
    if (!elicitedSinceReceive) {
      elicitedSinceReceive = true;
      idleSince = now;
    }
  }

  /** When anything at all of the open connection is due. */
  long earliest() {
    long earliest = Math.min(ownDeadline(), connection.recovery.deadline());
    earliest = Math.min(earliest, connection.migration.deadline());
    earliest = Math.min(earliest, connection.sender.deadline());
    for (PacketSpace space : connection.spaces.all()) {
      if (connection.spaces.canSend(space) && !connection.sender.isBlocked()) {
        earliest = Math.min(earliest, space.acks().deadline());
      }
    }
    earliest = Math.min(earliest, connection.spaces.oneRtt().deadline());
    return Math.min(earliest, connection.early.deadline());
  }

  /** Does what is due of the open connection. */
  void onDeadline(long now) {
    onOwnDeadline(now);
    if (connection.closing.isOpen()) {
      if (connection.recovery.onDeadline(now) instanceof Timeout.Probe) {
        connection.counters.onProbeTimeout();
        connection.migration.onProbeTimeout(now);
      }
      connection.migration.onDeadline(now);
      connection.spaces.oneRtt().onDeadline(now);
      connection.early.onDeadline(now);
    }
  }

  private long ownDeadline() {
    long deadline = idleDeadline();
    if (!connection.handshake.isComplete()) {
      deadline = Math.min(deadline, handshakeDeadline);
    }
    return Math.min(deadline, Math.min(blockedDeadline(), keepAliveDeadline()));
  }

  private void onOwnDeadline(long now) {
    if (now >= idleDeadline()) {
      connection.closing.endSilently(new ConnectionEnding.IdleTimeout(now - idleSince), now);
    } else if (!connection.handshake.isComplete() && now >= handshakeDeadline) {
      connection.closing.endSilently(new ConnectionEnding.HandshakeTimeout(now - started), now);
    } else {
      if (now >= blockedDeadline()) {
        blockedRepeated = true;
        connection.streams.repeatBlocked();
      }
      pingWanted |= now >= keepAliveDeadline();
    }
  }

  /** At least three PTOs, so that lost packets get a chance of repair (§10.1). */
  private long idleDeadline() {
    return idleTimeout == 0
        ? Long.MAX_VALUE
        : idleSince + Math.max(idleTimeout, 3 * connection.recovery.ptoNanos());
  }

  /**
   * Who waits for credit, and for no acknowledgment, says so again, or both sides would take the
   * other's silence for idleness (§4.1). A third of the timeout leaves room for probes if that is
   * lost. Once for each silence: the peer's acknowledgement starts the next.
   */
  private long blockedDeadline() {
    boolean silent =
        connection.handshake.isConfirmed() && !connection.recovery.path().awaitsAcknowledgment();
    return idleTimeout == 0 || blockedRepeated || !silent
        ? Long.MAX_VALUE
        : idleSince + idleTimeout / 3;
  }

  private long keepAliveDeadline() {
    long interval = connection.config.keepAliveNanos();
    return interval == 0
            || pingWanted
            || elicitedSinceReceive
            || !connection.handshake.isConfirmed()
        ? Long.MAX_VALUE
        : idleSince + interval;
  }

  boolean isPingWanted() {
    return pingWanted;
  }

  void pingSent() {
    pingWanted = false;
  }
}
