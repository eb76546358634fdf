package dev.sluice.quic.recovery;

/**
 * Finds the largest datagram that a path carries (DPLPMTUD, RFC 8899; RFC 9000 §14.3). A probe is a
 * packet of nothing but PING and PADDING, in a datagram larger than any other. One that is
 * acknowledged raises the size of all datagrams; a size that {@link #MAX_PROBES} probes were lost
 * of is too large. The first size tried is the largest allowed, since most paths carry it; after
 * that the range is halved. When full-sized packets get lost while smaller ones arrive, the path
 * has changed: everything goes in small datagrams, and the search begins anew.
 *
 * <p>There is no timer but that of loss detection. All sizes are bytes of UDP payload.
 */
public final class MtuDiscovery {
  /** BASE_PLPMTU, and MIN_PLPMTU as well: what every path of QUIC carries (RFC 9000 §14.3). */
  public static final int BASE = 1200;

  /** MAX_PROBES (RFC 8899 §5.1.2). */
  static final int MAX_PROBES = 3;

  /** The search ends when no more than this could be won, one part in sixty. */
  static final int CLOSE_ENOUGH = 20;

  /** PMTU_RAISE_TIMER (RFC 8899 §5.1.1): routes change, and the path may carry more by then. */
  static final long RAISE_AFTER = 600_000_000_000L;

  /**
   * Losses in a row, of datagrams larger than {@link #BASE} and sent after the last such one that
   * arrived, that tell of a black hole. Congestion rarely takes so many and nothing else; when it
   * does, the search finds the old size within a round trip.
   */
  static final int BLACK_HOLE_LOSSES = 6;

  /** The same for probe timeouts in a row, when nothing comes back at all. */
  static final int BLACK_HOLE_TIMEOUTS = 2;

  /** The states of RFC 8899 §5.2; without BASE there is no QUIC, so that ERROR has no part here. */
  public enum State {
    /** No search: the size is what was configured. */
    DISABLED,
    /** Back at {@link #BASE}, until that is seen to arrive. */
    BASE,
    /** A larger size is being looked for. */
    SEARCHING,
    /** Nothing larger is to be found for now. */
    SEARCH_COMPLETE
  }

  private static final long NONE = -1;

  private State state = State.DISABLED;
  private int size;
  private int maximum;

  /** The smallest size that is known not to work, or one more than the largest allowed. */
  private int tooLarge;

  /** What the search would try next. */
  private int tried;

  /** What was tried last; the window may have allowed no more. */
  private int probed;

  private long outstanding = NONE;
  private int probesLost;
  private long raiseAt = Long.MAX_VALUE;
  private int lostInARow;
  private long newestLargeArrived = Long.MIN_VALUE;

  MtuDiscovery(int initial) {
    size = initial;
    maximum = initial;
  }

  /** PLPMTU: the largest datagram that may be sent with data in it. */
  public int size() {
    return size;
  }

  /** What it is doing. */
  public State state() {
    return state;
  }

  /** Without a search, or before it, datagrams have this size. */
  void assume(int bytes) {
    if (state == State.DISABLED) {
      size = bytes;
      maximum = bytes;
    }
  }

  /**
   * Begins, once the handshake is confirmed or the path validated. Without effect when it has begun
   * already.
   *
   * @param largest MAX_PLPMTU: the most that this side wants to send and the peer to take
   */
  void start(int largest) {
    if (state == State.DISABLED) {
      maximum = Math.max(size, largest);
      search();
    }
  }

  private void search() {
    state = State.SEARCHING;
    tooLarge = maximum + 1;
    probesLost = 0;
    raiseAt = Long.MAX_VALUE;
    next();
  }

  private void next() {
    outstanding = NONE;
    if (probesLost == 0) {
      tried = tooLarge > maximum ? maximum : (size + tooLarge) / 2;
    }
    if (size == maximum || tooLarge - size <= CLOSE_ENOUGH) {
      state = State.SEARCH_COMPLETE;
    }
  }

  /**
   * The size of the probe that should be sent now; 0 for none. There is one under way at a time,
   * and the next follows its acknowledgment or loss, so that at least a round trip lies between
   * them. A probe takes no more than half of the window, lest the data wait for it: with the window
   * grows what can be tried (RFC 9000 §14.4).
   *
   * @param window the congestion window in bytes, or twice what is left of it if that is less
   */
  public int probeSize(long window, long now) {
    if (state == State.SEARCH_COMPLETE && size < maximum) {
      if (raiseAt == Long.MAX_VALUE) {
        raiseAt = now + RAISE_AFTER;
      } else if (now >= raiseAt) {
        search();
      }
    }
    if (state != State.SEARCHING || outstanding != NONE) {
      return 0;
    }
    int affordable = (int) Math.min(tried, Math.max(2 * BASE, window / 2));
    return affordable == tried || affordable - size > CLOSE_ENOUGH ? affordable : 0;
  }

  /** A probe of this size leaves in this packet of the application space. */
  public void onProbeSent(long packetNumber, int bytes) {
    outstanding = packetNumber;
    probed = bytes;
  }

  /** Whether this packet of the application space carries the probe that is under way. */
  public boolean isProbe(long packetNumber) {
    return packetNumber == outstanding;
  }

  /** The packet with a probe that the system has found too large; -1 when it was none. */
  long probeOf(int bytes) {
    return bytes == probed ? outstanding : NONE;
  }

  /**
   * The system says that a datagram was too large to leave. That can make the size smaller, but not
   * larger (RFC 9000 §14.2.1).
   *
   * @return whether {@link #size} has changed
   */
  boolean onTooLarge(int bytes) {
    if (bytes <= BASE || state == State.DISABLED && bytes > size) {
      return false;
    }
    if (bytes > size) {
      if (state == State.SEARCHING && bytes < tooLarge) {
        tooLarge = bytes;
        probesLost = 0;
        next();
      }
      return false;
    }
    fallBack();
    maximum = Math.max(BASE, Math.min(maximum, bytes - 1));
    return true;
  }

  /**
   * A packet of the application space was acknowledged.
   *
   * @param wasProbe whether it was sent as a probe, of whatever kind
   * @return whether {@link #size} has changed
   */
  boolean onAcked(long packetNumber, int bytes, long sentTime, boolean wasProbe) {
    if (bytes > BASE && sentTime > newestLargeArrived) {
      newestLargeArrived = sentTime;
      lostInARow = 0;
    }
    if (state == State.BASE) {
      search();
    }
    if (!wasProbe || packetNumber != outstanding || state != State.SEARCHING) {
      return false;
    }
    size = probed;
    probesLost = 0;
    next();
    return true;
  }

  /**
   * A packet of the application space was lost.
   *
   * @return whether {@link #size} has changed
   */
  boolean onLost(long packetNumber, int bytes, long sentTime, boolean wasProbe) {
    if (wasProbe) {
      if (packetNumber == outstanding && state == State.SEARCHING) {
        if (++probesLost == MAX_PROBES) {
          tooLarge = probed;
          probesLost = 0;
        }
        next();
      }
      return false;
    }
    if (bytes <= BASE || sentTime <= newestLargeArrived || size <= BASE) {
      return false;
    }
    return ++lostInARow >= BLACK_HOLE_LOSSES && fallBack();
  }

  /**
   * A probe timeout has passed, the {@code count}th in a row.
   *
   * @return whether {@link #size} has changed
   */
  boolean onProbeTimeout(int count) {
    return count >= BLACK_HOLE_TIMEOUTS && size > BASE && fallBack();
  }

  private boolean fallBack() {
    boolean smaller = size > BASE;
    size = BASE;
    lostInARow = 0;
    outstanding = NONE;
    if (state != State.DISABLED) {
      state = State.BASE;
    }
    return smaller;
  }
}
