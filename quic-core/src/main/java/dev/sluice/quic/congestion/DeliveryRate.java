package dev.sluice.quic.congestion;

/**
 * Measures how fast a path delivers (draft-ietf-ccwg-bbr-06 §4.1): for each ACK frame, what was
 * delivered since the newest packet that it acknowledges was sent, over the time that this took. A
 * snapshot is taken for each packet sent and comes back with its acknowledgment.
 */
final class DeliveryRate {
  /** Not application-limited. */
  private static final long NOT_LIMITED = 0;

  private long delivered;
  private long deliveredTime;
  private long firstSentTime;
  private long lost;

  /** C.app_limited: what will have been delivered when the gap has left the pipe. */
  private long limitedUntil = NOT_LIMITED;

  /** What packets get until something changes; null when something has. */
  private DeliverySnapshot current;

  // Of the ACK frame that is being processed: the newest packet that it acknowledges.
  private DeliverySnapshot newest;
  private long newestSentTime;
  private long newestNumber;
  private long newestInFlight;
  private long newlyAcked;

  /**
   * A packet is leaving.
   *
   * @param wasIdle whether nothing else is in flight
   */
  DeliverySnapshot onPacketSent(boolean wasIdle, long now) {
    if (wasIdle) {
      firstSentTime = now;
      deliveredTime = now;
      current = null;
    }
    if (current == null) {
      current =
          new DeliverySnapshot(
              delivered, deliveredTime, firstSentTime, lost, isApplicationLimited());
    }
    return current;
  }

  /** A packet was acknowledged; {@link #onAckProcessed} follows once all of its ACK frame were. */
  void onPacketAcked(SentPacket packet) {
    delivered += packet.bytes();
    newlyAcked += packet.bytes();
    current = null;
    if (packet.snapshot() != null && (newest == null || isNewest(packet))) {
      newest = packet.snapshot();
      newestSentTime = packet.sentTime();
      newestNumber = packet.number();
      newestInFlight = packet.bytesInFlight();
    }
  }

  private boolean isNewest(SentPacket packet) {
    return packet.sentTime() > newestSentTime
        || (packet.sentTime() == newestSentTime && packet.number() > newestNumber);
  }

  /** A packet was declared lost. */
  void onPacketLost(SentPacket packet) {
    lost += packet.bytes();
    current = null;
  }

  /** There was room to send, and nothing to send: samples of the next round trip understate. */
  void onApplicationLimited(long bytesInFlight) {
    long until = Math.max(delivered + bytesInFlight, 1);
    if (until != limitedUntil) {
      limitedUntil = until;
      current = null;
    }
  }

  /**
   * Gives the sample of an ACK frame.
   *
   * @param minRtt the smallest round-trip time known: a shorter interval cannot be true
   */
  RateSample onAckProcessed(long minRtt, long now) {
    if (newlyAcked > 0) {
      deliveredTime = now;
    }
    if (isApplicationLimited() && delivered > limitedUntil) {
      limitedUntil = NOT_LIMITED;
    }
    RateSample sample =
        newest == null ? new RateSample(0, 0, 0, newlyAcked, 0, 0, false) : sample(minRtt, now);
    newest = null;
    newlyAcked = 0;
    return sample;
  }

  private RateSample sample(long minRtt, long now) {
    firstSentTime = newestSentTime;
    long sendElapsed = newestSentTime - newest.firstSentTime();
    long ackElapsed = now - newest.deliveredTime();
    // ACKs may arrive bunched, but a path delivers no faster than it is sent to (§4.1.1.2.4).
    long interval = Math.max(sendElapsed, ackElapsed);
    long since = delivered - newest.delivered();
    boolean reliable = interval > 0 && interval >= minRtt;
    return new RateSample(
        reliable ? since * 1e9 / interval : 0,
        since,
        newest.delivered(),
        newlyAcked,
        lost - newest.lost(),
        newestInFlight,
        newest.applicationLimited());
  }

  /** C.delivered: bytes acknowledged so far. */
  long delivered() {
    return delivered;
  }

  /** C.lost: bytes declared lost so far. */
  long lost() {
    return lost;
  }

  /** Whether the sender had run out of data within the last round trip. */
  boolean isApplicationLimited() {
    return limitedUntil != NOT_LIMITED;
  }
}
