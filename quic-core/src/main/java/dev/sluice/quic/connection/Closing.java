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
 * and the silent ends.
 */
final class Closing {

  /** Where the connection is on its way out. */
  enum Phase {
    OPEN,
    /** CONNECTION_CLOSE was or is to be sent; packets are answered with it (§10.2.1). */
    CLOSING,
    /** The peer closed; nothing is sent any more (§10.2.2). */
    DRAINING,
    /** Nothing is left to wait for. */
    ENDED
  }

  /** §10.2: closing and draining last three times the PTO. */
  private static final int PERIOD_IN_PTOS = 3;

  /** §10.2.1: answers to what is not read any more are at most so many times as long. */
  private static final int AMPLIFICATION = 3;

  private final Connection connection;
  private Phase phase = Phase.OPEN;
  private ConnectionEnding ending;

  /** What the peer closes with, as long as the datagram that says so is being read. */
  private ConnectionCloseFrame heard;

  private long endedAt;
  private long until = Long.MAX_VALUE;
  private boolean closeWanted;
  private boolean closeSent;
  private long datagramsSinceClosing;
  private long receivedSinceClosing;
  private long answeredSinceClosing;
  private int lastAnswer;
  private boolean released;

  Closing(Connection connection) {
    this.connection = connection;
  }

  /** This side closes. Only the first end counts. */
  void close(ConnectionEnding reason, long now) {
    if (phase == Phase.OPEN) {
      end(reason, Phase.CLOSING, now);
      closeWanted = true;
    }
  }

  /**
   * CONNECTION_CLOSE from the peer. What else its datagram brings was delivered as well, and of
   * several closes that are written for several levels the application's says most (§10.2.3): it
   * takes effect when the datagram is read.
   */
  void onFrame(ConnectionCloseFrame frame) {
    if (heard == null || frame.application() && !heard.application()) {
      heard = frame;
    }
  }

  /** All that a datagram brought has gone where it belongs. */
  void onDatagramRead(long now) {
    if (heard != null) {
      ConnectionCloseFrame frame = heard;
      heard = null;
      onPeerClose(frame, now);
    }
  }

  private void onPeerClose(ConnectionCloseFrame frame, long now) {
    if (phase == Phase.OPEN) {
      end(
          frame.application()
              ? new ApplicationClose(Side.PEER, frame.errorCode(), frame.reason())
              : new TransportClose(Side.PEER, frame.errorCode(), frame.frameType(), frame.reason()),
          Phase.DRAINING,
          now);
    }
  }

  /** The connection is over and the peer is told nothing: timeouts, stateless reset, versions. */
  void endSilently(ConnectionEnding reason, long now) {
    if (phase == Phase.OPEN) {
      end(reason, Phase.DRAINING, now);
      phase = Phase.ENDED;
      until = Long.MAX_VALUE;
      trace(phase, now);
      release();
    }
  }

  private void end(ConnectionEnding reason, Phase next, long now) {
    ending = reason;
    phase = next;
    endedAt = now;
    until = now + period();
    connection.trace(now, () -> new TraceEvent.ConnectionEnded(reason));
    trace(next, now);
    // What arrived is announced before the end is, and stays readable after it.
    connection.streams.end(reason);
    connection.datagrams.end();
    connection.events.end(new QuicEvent.Ended(reason));
  }

  private void trace(Phase entered, long now) {
    connection.trace(
        now,
        () ->
            new TraceEvent.ConnectionStateUpdated(
                switch (entered) {
                  case OPEN -> ConnectionState.ATTEMPTED;
                  case CLOSING -> ConnectionState.CLOSING;
                  case DRAINING -> ConnectionState.DRAINING;
                  case ENDED -> ConnectionState.CLOSED;
                }));
  }

  private long period() {
    return PERIOD_IN_PTOS * connection.recovery.ptoNanos();
  }

  /**
   * A datagram came while closing. It is answered less and less often, so that two closing
   * endpoints do not keep each other awake, and never with more than three times what came: nobody
   * has looked whether it is authentic (§10.2.1).
   */
  void onDatagram(int length) {
    datagramsSinceClosing++;
    receivedSinceClosing += length;
    if (phase == Phase.CLOSING
        && Long.bitCount(datagramsSinceClosing) == 1
        && answeredSinceClosing + lastAnswer <= AMPLIFICATION * receivedSinceClosing) {
      closeWanted = true;
    }
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isEnded() {
    return phase == Phase.ENDED;
  }

  ConnectionEnding ending() {
    return ending;
  }

  /** When what is unread of an ended connection is dropped. */
  long unreadUntil() {
    return endedAt + connection.config.unreadRetention().toNanos();
  }

  long deadline() {
    return phase == Phase.CLOSING || phase == Phase.DRAINING ? until : Long.MAX_VALUE;
  }

  void onDeadline(long now) {
    if (now >= deadline()) {
      phase = Phase.ENDED;
      trace(phase, now);
      release();
    }
  }

  /** Lets go of keys and IDs; what streams hold stays. */
  private void release() {
    if (!released) {
      released = true;
      connection.spaces.destroy();
      connection.ids.retireAll();
      connection.handshake.tls().destroy();
    }
  }

  /** Sends CONNECTION_CLOSE when one is due, and lets go of what is not needed behind it. */
  void send(long now, DatagramBatch out) {
    if (phase == Phase.CLOSING && closeWanted) {
      sendClose(now, out);
    }
    if (phase == Phase.DRAINING) {
      connection.spaces.destroy(); // nothing is read any more either (§10.2.2)
    }
    if (phase == Phase.DRAINING || closeSent) {
      forgetSent(now);
    }
  }

  /** Nothing is sent again: a close costs memory for three PTOs, and closes may be many. */
  private void forgetSent(long now) {
    for (PacketSpace space : connection.spaces.all()) {
      space.crypto().discard();
      connection.recovery.discard(space.number(), now);
    }
  }

  private void sendClose(long now, DatagramBatch out) {
    if (!closeSent) {
      connection.sender.sendRestOfHandshake(now, out);
    }
    if (out.hasRoom()) {
      closeWanted = false;
      int before = out.count();
      connection.sender.sendClose(now, out);
      lastAnswer = out.count() > before ? out.length(before) : 0;
      if (closeSent) {
        answeredSinceClosing += lastAnswer;
      } else {
        // The application may have closed long after the connection last knew the time.
        closeSent = true;
        endedAt = now;
        until = now + period();
      }
    }
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
