package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.ImmediateAckFrame;

/**
 * What this side asks of the peer's acknowledgments (draft-ietf-quic-ack-frequency-12): fewer of
 * them when much is in flight, since each costs both sides a datagram. Several a round trip are
 * enough for loss detection and for every congestion controller here; what is lost is told at once
 * whatever was asked for, since the reordering threshold is that of loss detection. Nanoseconds.
 */
public final class AckFrequency {
  /**
   * So many acknowledgments are to come for each window: twice the four a round trip that BBR needs
   * (draft-ietf-ccwg-bbr-06 §4.1.3.3), so that no two lost ones are missed.
   */
  private static final int ACKS_PER_WINDOW = 8;

  /** And in slow start, where HyStart++ wants eight samples each round (RFC 9406 §4.3). */
  private static final int ACKS_PER_WINDOW_IN_SLOW_START = 16;

  /**
   * What one system call takes with segmentation offload; to wait for more than that gains little.
   */
  private static final int MAX_THRESHOLD = 44;

  /** RFC 9000 §13.2.2: every other packet. */
  private static final int DEFAULT_THRESHOLD = 1;

  /** A wish that differs by less than this factor is not worth a frame (§8.1). */
  private static final int WORTH_TELLING = 2;

  private static final long NOT_SUPPORTED = -1;

  private long minAckDelay = NOT_SUPPORTED;
  private long ownMaxAckDelay;
  private long sequence;

  private int threshold = DEFAULT_THRESHOLD;
  private long delay;
  private boolean underWay;
  private boolean lost;
  private boolean asked;
  private long lastAsked;

  /** The peer's max_ack_delay, the largest that may be in force. */
  private long peerMaxAckDelay;

  /**
   * The peer's transport parameters are known.
   *
   * @param min its min_ack_delay, -1 when it does not take part
   * @param max its max_ack_delay
   */
  public void onPeer(long min, long max) {
    minAckDelay = min;
    ownMaxAckDelay = max;
    delay = max;
    peerMaxAckDelay = max;
  }

  /** Whether the peer takes ACK_FREQUENCY and IMMEDIATE_ACK. */
  public boolean isSupported() {
    return minAckDelay != NOT_SUPPORTED;
  }

  /** The path is another: what suits it has to be found anew (§8.4). */
  public void onMoved(long now) {
    asked = true;
    lastAsked = now;
    lost = threshold != DEFAULT_THRESHOLD;
  }

  /**
   * Adds an ACK_FREQUENCY frame to a packet with data, if there is a wish to tell and room for it.
   *
   * @param packetThreshold from how many later packets on a packet counts as lost
   * @return whether there is one, so that {@link #peerMaxAckDelay} may be longer
   */
  public boolean write(PacketContents out, PathRecovery path, int packetThreshold, long now) {
    long rtt = path.rtt().smoothed();
    boolean justAsked = asked && !lost && now - lastAsked < rtt;
    if (!isSupported() || underWay || !path.rtt().isSampled() || justAsked) {
      return false;
    }
    asked = true;
    lastAsked = now;
    int wantedThreshold = wantedThreshold(path);
    // A quarter of a round trip, so that a window that does not fill the threshold is told of too.
    long wantedDelay = Math.clamp(rtt / 4, Math.min(minAckDelay, ownMaxAckDelay), ownMaxAckDelay);
    if (!lost && !differs(wantedThreshold, threshold) && !isDelayWorthTelling(wantedDelay)) {
      return false;
    }
    AckFrequencyFrame frame =
        new AckFrequencyFrame(sequence, wantedThreshold, wantedDelay / 1000, packetThreshold);
    if (!out.addIfFits(frame, new RecoveryToken.AckFrequency(sequence))) {
      return false;
    }
    sequence++;
    threshold = wantedThreshold;
    delay = wantedDelay;
    underWay = true;
    lost = false;
    peerMaxAckDelay = Math.max(peerMaxAckDelay, delay); // until it is known to have arrived (§7)
    return true;
  }

  private static int wantedThreshold(PathRecovery path) {
    CongestionController congestion = path.congestion();
    long packets = congestion.window() / path.maxDatagramSize();
    int acks = congestion.inSlowStart() ? ACKS_PER_WINDOW_IN_SLOW_START : ACKS_PER_WINDOW;
    return Math.clamp(packets / acks - 1, DEFAULT_THRESHOLD, MAX_THRESHOLD);
  }

  /** A delay matters only where acknowledgments may wait for it. */
  private boolean isDelayWorthTelling(long wanted) {
    return threshold > DEFAULT_THRESHOLD && differs(wanted, delay);
  }

  private static boolean differs(long wanted, long present) {
    return wanted != present
        && (wanted >= WORTH_TELLING * present || present >= WORTH_TELLING * wanted);
  }

  /**
   * Adds an IMMEDIATE_ACK frame where the peer would otherwise wait for more that does not come:
   * behind the last data for now, and to probes (§7, §8.1.1).
   */
  public void writeImmediate(PacketContents out, boolean probing) {
    if (isSupported() && (probing || threshold > DEFAULT_THRESHOLD)) {
      out.addIfFits(new ImmediateAckFrame(), null);
    }
  }

  /** The peer has a frame of ours. */
  public void onAcked(RecoveryToken.AckFrequency token) {
    if (token.sequence() == sequence - 1) {
      underWay = false;
      lost = false;
      peerMaxAckDelay = delay;
    }
  }

  /** A frame of ours was lost; another one says what is wanted by then. */
  public void onLost(RecoveryToken.AckFrequency token) {
    if (token.sequence() == sequence - 1 && underWay) {
      underWay = false;
      lost = true;
    }
  }

  /** How long the peer may wait with an acknowledgment at present. */
  public long peerMaxAckDelay() {
    return peerMaxAckDelay;
  }
}
