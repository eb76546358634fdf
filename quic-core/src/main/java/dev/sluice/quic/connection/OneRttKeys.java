package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.KeyTrigger;

/**
 * The keys of 1-RTT packets and their phases (RFC 9001 §6). A phase is named by one bit, so that
 * the receiver keeps the keys of the present phase, of the next, and for a while of the one before.
 */
final class OneRttKeys {

  /** §6.5: old keys are kept for packets that were overtaken, for three times the PTO. */
  private static final int RETENTION_IN_PTOS = 3;

  /**
   * §6.6: a key seals no more packets than its limit. The update comes with this much of it left,
   * for what is sent until the peer lets us update.
   */
  private static final long MARGIN_SHIFT = 1;

  private final Connection connection;
  private PacketKeys send;
  private PacketKeys receive;
  private PacketKeys receiveNext;
  private PacketKeys receivePrevious;
  private int phase;
  private long firstSentInPhase = -1;
  private long firstReceivedInPhase = Long.MAX_VALUE;
  private boolean updateWanted;
  private boolean acknowledgedInPhase;
  private long dropPreviousAt = Long.MAX_VALUE;
  private long failedOpens;

  OneRttKeys(Connection connection) {
    this.connection = connection;
  }

  void installSend(PacketKeys keys) {
    send = keys;
  }

  void installReceive(PacketKeys keys) {
    receive = keys;
    receiveNext = keys.next();
  }

  boolean canSend() {
    return send != null && !isExhausted();
  }

  boolean canReceive() {
    return receive != null;
  }

  /** Puts header protection on packets sent, with a key that is the same in every phase. */
  void protectHeaders(HeaderBatch flight, byte[] buffer) {
    if (send != null) {
      flight.protect(buffer, send.headerProtection());
    }
  }

  /** Takes header protection off packets received, whose key is the same in every phase. */
  void unprotectHeaders(HeaderBatch received, byte[] buffer) {
    received.unprotect(buffer, receive.headerProtection());
  }

  /** Removes header protection, whose key is the same in every phase; see PacketKeys. */
  int unprotectHeader(byte[] buffer, int start, int packetNumberOffset, int end) {
    return receive.unprotectHeader(buffer, start, packetNumberOffset, end);
  }

  /**
   * The keys for a packet that shows this phase bit and number (§6.3). Old ones are tried on older
   * packets only (§6.4).
   */
  PacketKeys forReceiving(int phaseBit, long packetNumber) {
    if (phaseBit == (phase & 1)) {
      return receive;
    }
    // The other bit is the phase before for numbers below this phase's first, else the next one: so
    // an old key never opens a newer packet (§6.4).
    return receivePrevious != null && packetNumber < firstReceivedInPhase
        ? receivePrevious
        : receiveNext;
  }

  /** A packet was authentic under the given keys. */
  void onReceived(PacketKeys keys, long packetNumber, long now) {
    if (keys == receive) {
      firstReceivedInPhase = Math.min(firstReceivedInPhase, packetNumber);
      if (receivePrevious != null && dropPreviousAt == Long.MAX_VALUE) {
        dropPreviousAfterAWhile(now); // the peer has followed our update
      }
    } else if (keys == receiveNext) {
      onPeerUpdated(packetNumber, now);
    }
  }

  private void onPeerUpdated(long packetNumber, long now) {
    if (phase > 0 && firstSentInPhase < 0) {
      // Nothing of the present phase has left, so the peer cannot have an acknowledgement (§6.2).
      throw new TransportException(
          TransportError.KEY_UPDATE_ERROR, 0, "1-RTT: updated again before we could follow");
    }
    advanceReceive(KeyTrigger.REMOTE_UPDATE, now);
    dropPreviousAfterAWhile(now);
    firstReceivedInPhase = packetNumber;
    // §6.2: an update is answered by the packet that acknowledges it, at the latest.
    advanceSend(KeyTrigger.REMOTE_UPDATE, now);
  }

  /** §6.5: counted from the first packet under the new keys; before it the old ones stay (§6.1). */
  private void dropPreviousAfterAWhile(long now) {
    dropPreviousAt = now + RETENTION_IN_PTOS * connection.recovery.ptoNanos();
  }

  private void advanceReceive(KeyTrigger trigger, long now) {
    if (receivePrevious != null) {
      receivePrevious.destroy();
      traceDiscarded(false, phase - 1, trigger, now);
    }
    receivePrevious = receive;
    receive = receiveNext;
    receiveNext = receive.next();
    phase++;
    traceUpdated(false, trigger, now);
  }

  private void advanceSend(KeyTrigger trigger, long now) {
    PacketKeys old = send;
    send = old.next();
    old.destroy();
    firstSentInPhase = -1;
    acknowledgedInPhase = false;
    traceUpdated(true, trigger, now);
    traceDiscarded(true, phase - 1, trigger, now);
  }

  private void traceUpdated(boolean sending, KeyTrigger trigger, long now) {
    long updated = phase;
    connection.trace(
        now, () -> new TraceEvent.KeyUpdated(PacketType.ONE_RTT, sending, updated, trigger));
  }

  private void traceDiscarded(boolean sending, long of, KeyTrigger trigger, long now) {
    connection.trace(
        now, () -> new TraceEvent.KeyDiscarded(PacketType.ONE_RTT, sending, of, trigger));
  }

  /**
   * Moves to the next phase when the present key is worn, or the application wants another; before
   * a packet is drafted.
   */
  void updateIfDue(long now) {
    if (send != null && (updateWanted || isWorn()) && mayUpdate()) {
      update(now);
    }
  }

  /** Whether the key has sealed all that it may and no update was permitted in time (§6.6). */
  boolean isExhausted() {
    return send != null && send.sealed() >= send.confidentialityLimit();
  }

  private boolean isWorn() {
    return send.sealed() >= send.confidentialityLimit() >> MARGIN_SHIFT;
  }

  /** The application wants new keys as soon as §6.1 permits. */
  void wantUpdate() {
    updateWanted = true;
  }

  /** The keys for sending the packet with this number. */
  PacketKeys forSending(long packetNumber) {
    if (firstSentInPhase < 0) {
      firstSentInPhase = packetNumber;
    }
    return send;
  }

  /** §6.1: only after the handshake is confirmed and a packet of this phase is acknowledged. */
  boolean mayUpdate() {
    return connection.handshake.isConfirmed() && acknowledgedInPhase && receivePrevious == null;
  }

  /** Initiates an update (§6.1); only when {@link #mayUpdate()}. */
  void update(long now) {
    updateWanted = false;
    advanceReceive(KeyTrigger.LOCAL_UPDATE, now);
    firstReceivedInPhase = Long.MAX_VALUE;
    advanceSend(KeyTrigger.LOCAL_UPDATE, now);
  }

  void onAcknowledged(long largest) {
    acknowledgedInPhase |= firstSentInPhase >= 0 && largest >= firstSentInPhase;
  }

  /** The phase bit of packets sent now. */
  int sendPhaseBit() {
    return phase & 1;
  }

  /** The phase of packets sent now, counted from 0. */
  long sendPhase() {
    return phase;
  }

  /** The phase of a packet that has been received; of the one before, after an update. */
  long phaseOf(int phaseBit) {
    return phaseBit == (phase & 1) ? phase : phase - 1;
  }

  /** A packet failed to authenticate; after too many the keys are not safe any more (§6.6). */
  void onFailedOpen() {
    failedOpens++;
    if (failedOpens > receive.integrityLimit()) {
      throw new TransportException(
          TransportError.AEAD_LIMIT_REACHED, 0, "1-RTT: too many packets failed to authenticate");
    }
  }

  long deadline() {
    return dropPreviousAt;
  }

  void onDeadline(long now) {
    if (now >= dropPreviousAt) {
      dropPreviousAt = Long.MAX_VALUE;
      receivePrevious.destroy();
      receivePrevious = null;
      traceDiscarded(false, phase - 1, KeyTrigger.LOCAL_UPDATE, now);
    }
  }

  void destroy() {
    for (PacketKeys keys : new PacketKeys[] {send, receive, receiveNext, receivePrevious}) {
      if (keys != null) {
        keys.destroy();
      }
    }
    send = null;
    receive = null;
    receiveNext = null;
    receivePrevious = null;
    dropPreviousAt = Long.MAX_VALUE;
  }
}
