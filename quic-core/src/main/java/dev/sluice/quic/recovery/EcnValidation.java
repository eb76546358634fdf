package dev.sluice.quic.recovery;

/**
 * Whether a path carries ECN marks and the peer reports them (RFC 9000 §13.4.2, §A.4). The first
 * packets on a path are marked ECT(0), then none until the counts in ACK frames have shown what
 * became of those marks: a network that loses marked packets or clears their marks, or a peer that
 * does not count, costs no more than that.
 */
public final class EcnValidation {

  /** ECN-Capable Transport, ECT(0), as the two bits of the IP header (RFC 3168 §5). */
  public static final int ECT0 = 2;

  /** Packets that are marked to begin with (§13.4.2). */
  static final int TESTING_PACKETS = 10;

  /** And for how long, should they not be sent any sooner. */
  private static final int TESTING_PTOS = 3;

  /** The states of §A.4. */
  public enum State {
    /** Packets are marked, and nothing is known yet. */
    TESTING,
    /** Packets are not marked until something is known. */
    UNKNOWN,
    /** Marks arrive and are counted. */
    CAPABLE,
    /** They do not, or it was configured so. Packets are not marked. */
    FAILED
  }

  private State state = State.TESTING;
  private long sent;
  private long acked;
  private long lost;
  private long congested;
  private long testedUntil;

  EcnValidation() {}

  /** How far it has come. */
  public State state() {
    return state;
  }

  /** Packets on which the peer found ECN-CE: the network's word that a queue is building up. */
  public long congested() {
    return congested;
  }

  /** No packet on this path is to be marked. */
  public void disable() {
    state = State.FAILED;
  }

  /**
   * The ECN bits for the datagram that leaves now: 0 or {@link #ECT0}.
   *
   * @param pto the path's probe timeout, nanoseconds
   */
  public int mark(long pto, long now) {
    if (state == State.TESTING) {
      if (sent == 0) {
        testedUntil = now + TESTING_PTOS * pto;
      } else if (sent >= TESTING_PACKETS || now >= testedUntil) {
        endTest();
      }
    }
    return state == State.TESTING || state == State.CAPABLE ? ECT0 : 0;
  }

  /**
   * What was reported while the test ran counts. Whoever downloads sends little that is
   * acknowledged, and might wait for the next report until there is nothing left to mark.
   */
  private void endTest() {
    state = State.UNKNOWN;
    failIfAllLost();
    judge();
  }

  /** A packet leaves marked. */
  void onSent() {
    sent++;
  }

  /** A marked packet was lost. */
  void onLost() {
    lost++;
    failIfAllLost();
  }

  /** Where none of the first packets arrives, it may be for their marks. */
  private void failIfAllLost() {
    if (state == State.UNKNOWN && lost == sent) {
      state = State.FAILED;
    }
  }

  /**
   * An ACK frame's counts agree with what was sent.
   *
   * @param marked marked packets of this path that it newly acknowledges
   * @param ce by how much its ECN-CE count has grown
   */
  void onValidated(int marked, long ce) {
    acked += marked;
    congested += ce;
    judge();
  }

  private void judge() {
    if (state != State.UNKNOWN) {
      return;
    }
    if (acked > congested) {
      state = State.CAPABLE;
    } else if (acked >= sent - lost && acked > 0) {
      state = State.FAILED; // a network that marks everything has no news in its marks
    }
  }

  /** An ACK frame's counts do not agree with what was sent on this path. */
  void onInvalid() {
    state = State.FAILED;
  }
}
