package dev.sluice.quic.congestion;

/**
 * Decides how many bytes may be in flight on one path. Pure arithmetic on what it is told: no
 * clock, no packets. All times are nanoseconds of the caller's clock, all sizes bytes of UDP
 * payload.
 *
 * <p>For each ACK frame that newly acknowledges something, the caller reports each acknowledged
 * packet ({@link #onPacketAcked}), then what the frame shows to be lost ({@link #onPacketLost},
 * {@link #onCongestionEvent}, {@link #onPersistentCongestion}), then the frame as a whole ({@link
 * #onAckProcessed}): only then does the window grow, and not for packets that were sent before a
 * recovery period began.
 */
public interface CongestionController {

  /**
   * A packet that counts toward bytes in flight was sent.
   *
   * @param bytesInFlight with this packet
   * @return what the controller wants to get back when the packet's fate is known; null for nothing
   */
  DeliverySnapshot onPacketSent(int bytes, long bytesInFlight, long now);

  /** A packet that counted toward bytes in flight was acknowledged. */
  void onPacketAcked(SentPacket packet);

  /**
   * A packet that counted toward bytes in flight was declared lost; {@link #onCongestionEvent}
   * follows once for all of them. Packets of one space come in the order in which they were sent.
   */
  default void onPacketLost(SentPacket packet, long now) {}

  /** An ACK frame was processed; the packets that it newly acknowledged were reported before. */
  void onAckProcessed(AckSample sample);

  /**
   * Packets were lost, or the peer reported new ECN-CE marks.
   *
   * @param sentTime when the newest of the packets in question was sent
   * @param ecn whether marks, not losses, are the signal
   * @return whether this began a recovery period; false while one is under way already
   */
  boolean onCongestionEvent(long sentTime, boolean ecn, long now);

  /** Everything sent over a long enough time was lost (RFC 9002 §7.6): the window collapses. */
  void onPersistentCongestion(long now);

  /**
   * A packet that had been declared lost was acknowledged after all.
   *
   * @return whether this showed that the last recovery period had no reason, and undid it
   */
  boolean onSpuriousLoss(SentPacket packet, long now);

  /**
   * There was room to send more, and nothing to send. May be told often.
   *
   * @param bytesInFlight at this moment
   */
  default void onApplicationLimited(long bytesInFlight) {}

  /**
   * The path carries datagrams of another size from now on, in bytes.
   *
   * <p>RFC 9002 §7.2 would compute an initial window anew, and RFC 8899 §3 forbids that a larger
   * size makes the window grow. The first is a SHOULD for a beginning that was taken to be smaller
   * than it is, the second a MUST for a size that probes have found: so both hold, each in its
   * case.
   *
   * @param discovered whether probes have found it, or found that less gets through; otherwise it
   *     was told beforehand
   */
  void onMaxDatagramSize(int maxDatagramSize, boolean discovered);

  /** Back to the state of a new path: after a Retry (RFC 9002 §6.3). */
  void reset();

  /** How many bytes may be in flight; at least two datagrams. */
  long window();

  /** Below this window the controller is in slow start; {@link Long#MAX_VALUE} at first. */
  long slowStartThreshold();

  /** Whether the window still grows exponentially. */
  default boolean inSlowStart() {
    return window() < slowStartThreshold();
  }

  /**
   * How fast packets should leave, in bytes per second (RFC 9002 §7.7): a little faster than a
   * window each round trip, so that variations of the round-trip time leave no window unused; twice
   * as fast in slow start, where the window doubles within a round trip.
   *
   * @param smoothedRtt nanoseconds, more than 0
   */
  default double pacingRate(long smoothedRtt) {
    double gain = inSlowStart() ? 2.0 : 1.25;
    return gain * window() * 1e9 / smoothedRtt;
  }

  /** Whether this controller is nothing without a pacer. */
  default boolean needsPacing() {
    return false;
  }

  /** Packets will not be paced: what relies on it has to do without. */
  default void onUnpaced() {}

  /**
   * Whether a reduced window takes effect step by step during the recovery period (RFC 9937), as
   * suits controllers that reduce it once for each.
   */
  default boolean reducesProportionally() {
    return true;
  }

  /** What it is doing, for logs: the algorithm's own name for it, in small letters. */
  default String phase() {
    return inSlowStart() ? "slow_start" : "congestion_avoidance";
  }

  /** The algorithm's name, for logs and statistics. */
  String name();

  /** The window of a new path (RFC 9002 §7.2). */
  static long initialWindow(int maxDatagramSize) {
    return Math.min(10L * maxDatagramSize, Math.max(14_720, 2L * maxDatagramSize));
  }

  /** The smallest window that any signal can bring about (RFC 9002 §7.2). */
  static long minimumWindow(int maxDatagramSize) {
    return 2L * maxDatagramSize;
  }
}
