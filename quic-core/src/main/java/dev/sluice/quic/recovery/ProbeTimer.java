package dev.sluice.quic.recovery;

/**
 * The loss detection timer (RFC 9002 §6.2, §A.8): one deadline for all spaces, computed from the
 * state whenever it is asked for, so that there is nothing to re-arm and nothing to forget.
 */
final class ProbeTimer {
  /** Beyond this the exponent makes no difference: 2^30 times a millisecond is twelve days. */
  private static final int MAX_BACKOFF = 30;

  private final boolean client;
  private final SpaceRecovery[] spaces;

  private PathRecovery path;
  private long peerMaxAckDelay;
  private int count;
  private boolean handshakeKeys;
  private boolean handshakeComplete;
  private boolean handshakeConfirmed;
  private boolean peerCompletedAddressValidation;
  private boolean antiAmplificationBlocked;

  /** Since when the client waits for a server that may be blocked. */
  private long lastActivity;

  ProbeTimer(boolean client, PathRecovery path, SpaceRecovery[] spaces, long peerMaxAckDelay) {
    this.client = client;
    this.path = path;
    this.spaces = spaces;
    this.peerMaxAckDelay = peerMaxAckDelay;
    // Clients validate the server's address implicitly.
    this.peerCompletedAddressValidation = !client;
  }

  /** The path in use is another: how long the last one was silent says nothing of it. */
  void usePath(PathRecovery used) {
    path = used;
    count = 0;
  }

  /** When the timer fires; {@link SpaceRecovery#NEVER} when it is not set. */
  long deadline() {
    SpaceRecovery loss = lossSpace();
    if (loss != null) {
      return loss.lossTime;
    }
    SpaceRecovery probe = probeSpace();
    return probe == null ? SpaceRecovery.NEVER : probeTime(probe);
  }

  /**
   * The space of the packet that is given up next; null when none is, or there is a probe timeout
   * before. A time threshold of the path in use allows of none (§6.2.1). What waits on another path
   * does not keep this one from being probed, unless nothing else is awaited.
   */
  SpaceRecovery lossSpace() {
    SpaceRecovery earliest = null;
    boolean allowsProbe = path.awaitsAcknowledgment();
    for (SpaceRecovery space : spaces) {
      if (space.lossTime != SpaceRecovery.NEVER) {
        allowsProbe &= !space.thresholdRuns;
        if (earliest == null || space.lossTime < earliest.lossTime) {
          earliest = space;
        }
      }
    }
    if (earliest == null || !allowsProbe) {
      return earliest;
    }
    SpaceRecovery probe = probeSpace();
    return probe != null && probeTime(probe) < earliest.lossTime ? null : earliest;
  }

  /** The space that the next probe timeout is for; null when none is set. */
  SpaceRecovery probeSpace() {
    if (antiAmplificationBlocked) {
      return null; // a probe could not be sent (§6.2.2.1)
    }
    SpaceRecovery earliest = null;
    for (SpaceRecovery space : spaces) {
      if (space.ackElicitingInFlight == 0
          || (space.id == PacketNumberSpace.APPLICATION && !handshakeConfirmed)) {
        continue;
      }
      if (earliest == null || probeTime(space) < probeTime(earliest)) {
        earliest = space;
      }
    }
    if (earliest == null && (!peerCompletedAddressValidation || isHandshakeStuck())) {
      // Nothing of ours is missing, but the server may wait for us to prove our address. That holds
      // as well when only 0-RTT packets are in flight, which no probe timeout covers.
      return spaces[
          (handshakeKeys ? PacketNumberSpace.HANDSHAKE : PacketNumberSpace.INITIAL).ordinal()];
    }
    return earliest;
  }

  /**
   * Application data that no probe timeout covers yet may fill the window (§6.2.1), so that lost
   * handshake messages cannot follow, without which the peer acknowledges none of it. Then nothing
   * but a probe gets them out.
   */
  private boolean isHandshakeStuck() {
    return handshakeKeys
        && !handshakeConfirmed
        && spaces[PacketNumberSpace.APPLICATION.ordinal()].ackElicitingInFlight > 0;
  }

  private long probeTime(SpaceRecovery space) {
    long start = lastActivity;
    long duration = path.probeTimeout();
    if (space.id == PacketNumberSpace.APPLICATION) {
      if (path.awaitsAcknowledgment()) {
        start = path.lastElicitingSentTime();
      } else if (space.ackElicitingInFlight > 0) {
        // Only what was sent on other paths is awaited: for as long as those take.
        start = space.lastAckElicitingSentTime;
        duration = Math.max(duration, space.lastAckElicitingPath.probeTimeout());
      }
      duration += peerMaxAckDelay; // the other spaces are acknowledged at once (§6.2.1)
    } else if (space.ackElicitingInFlight > 0) {
      start = space.lastAckElicitingSentTime;
    }
    int backoff = Math.min(count, MAX_BACKOFF);
    boolean overflows = duration > Long.MAX_VALUE >> (backoff + 2);
    return overflows ? SpaceRecovery.NEVER - 1 : start + (duration << backoff);
  }

  /** The delay that the RTT estimator may subtract (§5.3). */
  long believableAckDelay(PacketNumberSpace space, long ackDelay) {
    if (space == PacketNumberSpace.INITIAL) {
      return 0; // never delayed on purpose
    }
    return handshakeConfirmed ? Math.min(ackDelay, peerMaxAckDelay) : ackDelay;
  }

  void onActivity(long now) {
    lastActivity = now;
  }

  void onAcknowledgment(PacketNumberSpace space, long now) {
    lastActivity = now;
    if (space == PacketNumberSpace.HANDSHAKE) {
      peerCompletedAddressValidation = true;
    }
    // A client that is not sure yet keeps its backoff, to spare a busy server (§6.2.1).
    if (peerCompletedAddressValidation) {
      count = 0;
    }
  }

  void onProbeTimeout(long now) {
    lastActivity = now;
    count++;
  }

  void onDiscard(long now) {
    lastActivity = now;
    count = 0;
  }

  void onHandshakeKeys() {
    handshakeKeys = true;
  }

  void onHandshakeComplete() {
    handshakeComplete = true;
  }

  /**
   * Whether a client's probe for the handshake should come with a 1-RTT packet. A server that has
   * confirmed the handshake has no Handshake keys left; should the client's address have changed
   * since, nothing else would tell it.
   */
  boolean isConfirmationMissing() {
    return client && handshakeComplete && !handshakeConfirmed;
  }

  void onHandshakeConfirmed() {
    handshakeConfirmed = true;
    peerCompletedAddressValidation = true;
  }

  void setPeerMaxAckDelay(long nanos) {
    peerMaxAckDelay = nanos;
  }

  long peerMaxAckDelay() {
    return peerMaxAckDelay;
  }

  void setPeerCompletedAddressValidation(boolean completed) {
    peerCompletedAddressValidation = completed || !client;
  }

  void setAntiAmplificationBlocked(boolean blocked) {
    antiAmplificationBlocked = blocked;
  }

  int count() {
    return count;
  }
}
