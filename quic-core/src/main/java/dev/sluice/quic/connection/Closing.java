package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.ConnectionState;
import dev.sluice.tls.EncryptionLevel;

/**
 * The end of a connection (RFC 9000 §10): closing when this side acted, draining when the peer did,
 * and the silent ends. What is left behind of it is a {@link ClosingPeriod}.
 */
final class Closing {

  /** Where the connection is on its way out. */
  private enum Phase {
    OPEN,
    /**
     * The peer's CONNECTION_CLOSE may have overtaken packets that were sent before it: those are
     * still read. Nothing is sent any more (§10.2.2).
     */
    OVERTAKEN,
    /** CONNECTION_CLOSE was or is to be sent (§10.2.1). */
    CLOSING,
    /** The peer closed, or is not to be told; nothing is sent any more (§10.2.2). */
    DRAINING
  }

  /** §10.2: closing and draining last three times the PTO. */
  private static final int PERIOD_IN_PTOS = 3;

  private final Connection connection;
  private Phase phase = Phase.OPEN;
  private ConnectionEnding ending;

  /** What the peer closes with, until it takes effect. */
  private ConnectionCloseFrame heard;

  /** When what is still missing counts as lost. */
  private long overtakenUntil;

  private long endedAt;
  private boolean closeWanted;

  /** Null until nothing but it is needed any more. */
  private ClosingPeriod remains;

  Closing(Connection connection) {
    this.connection = connection;
  }

  /** This side closes. Only the first end counts. */
  void close(ConnectionEnding reason, long now) {
    if (isOpen()) {
      end(reason, Phase.CLOSING, now);
      closeWanted = true;
    } else if (phase == Phase.OVERTAKEN) {
      end(peersEnding(), Phase.DRAINING, now);
    }
  }

  /**
   * CONNECTION_CLOSE from the peer. What else its datagram brings was delivered as well, and of
   * several closes that are written for several levels the application's says most (§10.2.3): it
   * takes effect when the datagram is read, or a little later.
   */
  void onFrame(ConnectionCloseFrame frame) {
    if (heard == null || frame.application() && !heard.application()) {
      heard = frame;
    }
  }

  /**
   * All that a datagram brought has gone where it belongs. If it closes the connection, and numbers
   * of earlier packets are missing, those get the time in which a packet is late rather than lost
   * (RFC 9002 §6.1.2): the network may have let the close overtake them.
   */
  void onDatagramRead(long now) {
    if (heard == null || !isReading()) {
      return;
    }
    if (!mayBeOvertaken()) {
      end(peersEnding(), Phase.DRAINING, now);
    } else if (phase == Phase.OPEN) {
      phase = Phase.OVERTAKEN;
      overtakenUntil = now + connection.recovery.path().rtt().reorderingTolerance();
    }
  }

  private boolean mayBeOvertaken() {
    return connection.handshake.isComplete() && connection.spaces.application().acks().hasGap();
  }

  private ConnectionEnding peersEnding() {
    return heard.application()
        ? new ApplicationClose(Side.PEER, heard.errorCode(), heard.reason())
        : new TransportClose(Side.PEER, heard.errorCode(), heard.frameType(), heard.reason());
  }

  /** The connection is over and the peer is told nothing: timeouts, stateless reset, versions. */
  void endSilently(ConnectionEnding reason, long now) {
    if (isReading()) {
      end(phase == Phase.OVERTAKEN ? peersEnding() : reason, Phase.DRAINING, now);
      vanish(now);
    }
  }

  /** The same, wherever the connection is on its way out: it cannot even close any more. */
  void giveUp(ConnectionEnding reason, long now) {
    endSilently(reason, now);
    if (remains == null) {
      vanish(now);
    }
  }

  private void vanish(long now) {
    leave(null, now, now);
    remains.onDeadline(now);
  }

  private void end(ConnectionEnding reason, Phase next, long now) {
    ending = reason;
    phase = next;
    endedAt = now;
    // What arrived is announced before the end is, and stays readable after it.
    connection.streams.end(reason);
    connection.datagrams.end();
    connection.events.end(new QuicEvent.Ended(reason));
    // The program's part in it comes last: should it fail, the end has been told all the same.
    connection.trace(now, () -> new TraceEvent.ConnectionEnded(reason));
    connection.trace(
        now,
        () ->
            new TraceEvent.ConnectionStateUpdated(
                next == Phase.CLOSING ? ConnectionState.CLOSING : ConnectionState.DRAINING));
  }

  private long until() {
    return endedAt + PERIOD_IN_PTOS * connection.recovery.ptoNanos();
  }

  /**
   * A datagram came while CONNECTION_CLOSE could not be sent yet: now there may be leave (§8.1).
   */
  void onDatagram() {
    closeWanted = phase == Phase.CLOSING;
  }

  /** Whether the connection goes on. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Whether packets are still opened and read. */
  boolean isReading() {
    return phase == Phase.OPEN || phase == Phase.OVERTAKEN;
  }

  boolean isEnded() {
    return remains != null && remains.isOver();
  }

  ConnectionEnding ending() {
    return ending;
  }

  /** What is left, once nothing else of the connection is needed; null before. */
  ClosingPeriod remains() {
    return remains;
  }

  /** When what is unread of an ended connection is dropped. */
  long unreadUntil() {
    return endedAt + connection.config.unreadRetention().toNanos();
  }

  long deadline() {
    if (phase == Phase.OVERTAKEN) {
      return overtakenUntil;
    }
    return remains != null ? remains.deadline() : until();
  }

  void onDeadline(long now) {
    if (phase == Phase.OVERTAKEN) {
      if (now >= overtakenUntil) {
        end(peersEnding(), Phase.DRAINING, now);
      }
      return;
    }
    if (remains == null && now >= until()) {
      leave(null, now, now); // there was never leave to say so
    }
    if (remains != null) {
      remains.onDeadline(now);
    }
  }

  /**
   * Sends CONNECTION_CLOSE when one is due, and lets go of what is not needed behind it.
   *
   * @return true when the batch has no room for it: send it, clear it, call again
   */
  boolean send(long now, DatagramBatch out) {
    if (remains != null) {
      return remains.send(out);
    }
    if (phase == Phase.DRAINING) {
      leave(null, until(), now);
    } else if (closeWanted) {
      return sendClose(now, out);
    }
    return false;
  }

  private boolean sendClose(long now, DatagramBatch out) {
    connection.sender.sendRestOfHandshake(now, out);
    if (!out.hasRoom()) {
      return true;
    }
    closeWanted = false;
    int before = out.count();
    connection.sender.sendClose(now, out);
    if (out.count() > before) {
      endedAt = now; // the application may have closed long after the connection knew the time
      leave(ClosingPeriod.Farewell.lastOf(out), until(), now);
    }
    return false;
  }

  /**
   * Lets go of keys and of what would have been sent again. What streams hold stays, for whoever
   * reads it.
   */
  private void leave(ClosingPeriod.Farewell farewell, long until, long now) {
    remains =
        new ClosingPeriod(
            connection.ids.source(), connection.ids.release(), farewell, connection.tracer, until);
    for (PacketSpace space : connection.spaces.all()) {
      space.crypto().discard();
      connection.recovery.discard(space.number(), now);
    }
    connection.spaces.destroy();
    connection.handshake.tls().destroy();
  }

  /** The frame for a packet of the given level (§10.2.3). */
  ConnectionCloseFrame frame(EncryptionLevel level) {
    return switch (ending) {
      case ApplicationClose(Side by, long code, String reason) ->
          level == EncryptionLevel.APPLICATION
              ? new ConnectionCloseFrame(true, code, 0, reason)
              // An application's code and reason are not for packets that anyone can read.
              : new ConnectionCloseFrame(false, TransportError.APPLICATION_ERROR.code(), 0, "");
      case TransportClose(Side by, long code, long frameType, String reason) ->
          new ConnectionCloseFrame(false, code, frameType, reason);
      default -> throw new IllegalStateException("no CONNECTION_CLOSE for " + ending);
    };
  }
}
