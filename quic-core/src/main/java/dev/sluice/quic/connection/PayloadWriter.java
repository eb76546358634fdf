package dev.sluice.quic.connection;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryToken;

/** Decides which frames go into a packet, and in which order. Each part writes its own. */
final class PayloadWriter {
  private final Connection connection;
  private boolean wroteProbe;
  private boolean datagramsFirst = true;

  PayloadWriter(Connection connection) {
    this.connection = connection;
  }

  /**
   * Whether a probe is due in this space. Lost handshake messages that wait for room in the window
   * go along with a probe of any space: nothing of theirs is in flight, so that no probe would ever
   * be due for them, and without them the peer may not be able to acknowledge the rest (RFC 9002
   * §6.2.4).
   */
  private boolean isProbing(PacketSpace space) {
    return connection.recovery.probesPending(space.number()) > 0
        || space != connection.spaces.application()
            && space.crypto().hasPending()
            && connection.recovery.isProbing();
  }

  /** Whether anything waits that congestion control has a say in. */
  boolean hasPending() {
    for (PacketSpace space : connection.spaces.all()) {
      if (connection.spaces.canSend(space) && hasEliciting(space, connection.paths.active())) {
        return true;
      }
    }
    return false;
  }

  private boolean hasEliciting(PacketSpace space, Path path) {
    if (space.crypto().hasPending()) {
      return true;
    }
    if (space == connection.spaces.application() && connection.early.isSending()) {
      return hasEarly();
    }
    return space == connection.spaces.application()
        && (connection.streams.hasData()
            || connection.datagrams.isPending()
            || connection.streams.hasControl()
            || path.hasPending()
            || connection.handshake.isDonePending()
            || connection.ids.local().hasPending()
            || connection.ids.remote().hasPending()
            || connection.newTokens.isPending()
            || connection.timers.isPingWanted());
  }

  private boolean hasEarly() {
    return connection.streams.hasData()
        || connection.streams.hasControl()
        || connection.datagrams.isPending();
  }

  /**
   * Writes the payload of a packet.
   *
   * @param mayElicit whether congestion control and pacing let more into flight
   */
  void write(PacketSpace space, PacketContents out, Path path, boolean mayElicit, long now) {
    wroteProbe = false;
    boolean probing = isProbing(space);
    // Asked once where an answer matters: it looks through much, and this is for each packet.
    boolean asked = probing || mayElicit && space.acks().hasNews();
    boolean eliciting = asked && hasEliciting(space, path);
    boolean acking =
        space.acks().shouldSendNow(now) || (eliciting || probing) && space.acks().hasNews();
    if (acking) {
      writeAck(space, out, path, now);
    }
    if (probing && !eliciting) {
      connection.recovery.resendForProbe(space.number());
    }
    if (mayElicit || probing) {
      writeEliciting(space, out, path, now);
    }
    // On the path in use an answer to a challenge has to be more than a probe (RFC 9000 §9.3.3).
    boolean onlyProbe = wroteProbe && !acking;
    if ((onlyProbe || probing && !out.isAckEliciting()) && out.remaining() > 0) {
      out.add(new PingFrame(), new RecoveryToken.Ping());
    }
    if (probing && space == connection.spaces.application() && !connection.early.isSending()) {
      connection.ackFrequency.writeImmediate(out, true);
    }
  }

  private void writeAck(PacketSpace space, PacketContents out, Path path, long now) {
    boolean elicit = space.acks().shouldElicit() && path.recovery().hasRoom();
    if (elicit && out.remaining() > 1) {
      out.add(new PingFrame(), new RecoveryToken.Ping());
    }
    AckFrame ack = space.acks().build(now, LocalParameters.ACK_DELAY_EXPONENT, out.remaining());
    if (ack != null) {
      out.add(ack, new RecoveryToken.Ack(ack.largestAcknowledged()));
    }
  }

  private void writeEliciting(PacketSpace space, PacketContents out, Path path, long now) {
    if (space != connection.spaces.application()) {
      space.crypto().write(out);
      return;
    }
    if (connection.early.isSending()) {
      // The only frames that a client can have which may travel in 0-RTT (RFC 9000 §12.5).
      connection.streams.writeControl(out, now);
      writeData(out, now);
      return;
    }
    if (path.hasPending()) {
      wroteProbe = path.write(out, connection.random.nextLong(), now);
    }
    space.crypto().write(out);
    if (connection.handshake.isDonePending() && out.remaining() > 0) {
      out.add(new HandshakeDoneFrame(), new RecoveryToken.HandshakeDone());
      connection.handshake.setDonePending(false);
    }
    connection.ids.remote().write(out);
    connection.ids.local().write(out);
    connection.newTokens.write(out);
    connection.streams.writeControl(out, now);
    if (connection.streams.hasData()) {
      if (connection.ackFrequency.write(out, path.recovery(), Recovery.PACKET_THRESHOLD, now)) {
        connection.recovery.setPeerMaxAckDelay(connection.ackFrequency.peerMaxAckDelay());
      }
      if (!writeData(out, now)) {
        // The end of answers gives the peer streams for more.
        connection.streams.writeControl(out, now);
        connection.ackFrequency.writeImmediate(out, false);
      }
    } else {
      writeData(out, now);
    }
    if (connection.timers.isPingWanted()) {
      connection.timers.pingSent();
      if (!out.isAckEliciting() && out.remaining() > 0) {
        out.add(new PingFrame(), new RecoveryToken.Ping());
      }
    }
  }

  /**
   * Streams and datagrams come first in every other packet. Whoever is second gets what is left of
   * it, so that each has half of the packets when both could fill them all.
   *
   * @return whether streams have more
   */
  private boolean writeData(PacketContents out, long now) {
    if (datagramsFirst) {
      connection.datagrams.write(out, now);
    }
    out.limitToBlocks();
    boolean more = connection.streams.writeData(out, now);
    out.unlimit();
    if (!datagramsFirst) {
      connection.datagrams.write(out, now);
    }
    datagramsFirst = !datagramsFirst;
    return more;
  }

  /** Only challenges and responses, for a path that is not in use. */
  void writeProbe(PacketContents out, Path path, long now) {
    path.write(out, connection.random.nextLong(), now);
  }

  /** Whether the last payload had a challenge or a response in it. */
  boolean wroteProbe() {
    return wroteProbe;
  }
}
