package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.DeliverySnapshot;
import dev.sluice.quic.congestion.SentPacket;
import dev.sluice.quic.trace.Footprint;

/**
 * The packets of one space that were sent and not yet forgotten, in flat arrays that serve as a
 * ring indexed by packet number. Beside them lies one bit for each packet that may still be
 * acknowledged, so that an ACK frame which repeats a long history costs a word for each 64 packets.
 *
 * <p>A lost packet stays for a while, since its acknowledgment may only be late (RFC 9000 §13.3).
 */
final class SentPackets {
  /** Never sent, acknowledged, or forgotten. */
  static final int GONE = 0;

  /** Sent, and nothing heard of it. */
  static final int OUTSTANDING = 1;

  /** Declared lost, but could be late. */
  static final int LOST = 2;

  /** Acknowledged, while older packets are still open. */
  static final int ACKED = 3;

  private static final int STATE = 3;
  private static final int ACK_ELICITING = 4;
  private static final int IN_FLIGHT = 8;
  private static final int PROBE = 16;
  private static final int MARKED = 32;

  /**
   * From this many packets on, room is made by forgetting packets that are not in flight before the
   * ring grows. What is in flight is limited by the congestion window; packets with nothing but an
   * ACK frame are not, and a peer may never acknowledge them.
   */
  private static final int KEEP_NOT_IN_FLIGHT = 1024;

  /**
   * From so many packets on, half have to be such as the congestion window limits. Where an old one
   * is in flight and the others only acknowledge, padded or not, or answer questions about paths,
   * the peer has sent on and on and taken note of nothing: then whoever asks {@link #isNeglected}
   * is to end it, since it could go on for ever. It is more than what acknowledges ten gigabits a
   * second for a round trip of a fifth of a second, and makes 12 MB.
   */
  static final int KEEP_UNACKNOWLEDGED = 131_072;

  /** Packets that fit at first; a multiple of the bits in a word. */
  private static final int SMALLEST = 64;

  /** The ring is given up when so many times what went through it since it was empty would fit. */
  private static final int SHRINK = 8;

  /** The oldest packet number in the ring. */
  private long first;

  /** One more than the newest packet number in the ring. */
  private long end;

  /** No packet below this one is outstanding. */
  private long outstandingFrom;

  /** Where the numbers stood when the ring was last empty. */
  private long emptyAt;

  /** So many were there that the congestion window limits when the ring grew last. */
  private int limitedAtGrowth;

  private boolean neglected;

  /** How many packets fit, less one; -1 while there are no arrays, and no packets. */
  private int mask = -1;

  private long[] sentTimes;
  private long[] lostTimes;
  private int[] sizes;
  private byte[] flags;
  private PathRecovery[] paths;
  private Object[] tokens;

  /** Where the ranges of a packet begin in {@link #streams}; they go up to those of the next. */
  private long[] streamsFrom;

  private StreamRanges streams;

  /** What the congestion controller wanted to remember; null until one wants something. */
  private DeliverySnapshot[] snapshots;

  /** Bytes in flight once the packet was sent, for packets with a snapshot. */
  private long[] inFlightThen;

  /** A bit for each packet that may still be acknowledged. */
  private long[] open;

  /** The oldest packet number of which anything is known; all below are {@link #GONE}. */
  long first() {
    return first;
  }

  /** One more than the largest packet number that was ever added. */
  long end() {
    return end;
  }

  /** Adds a packet; its number is at least {@link #end()}, and numbers in between were skipped. */
  void add(long packetNumber, PathRecovery path, int size, PacketContents contents, long now) {
    makeRoom(packetNumber);
    if (first == end) {
      first = packetNumber; // nothing was open: what lies in between is gone
    }
    for (long skipped = end; skipped < packetNumber; skipped++) {
      flags[index(skipped)] = GONE;
      streamsFrom[index(skipped)] = streams.end();
    }
    int at = index(packetNumber);
    sentTimes[at] = now;
    sizes[at] = size;
    paths[at] = path;
    flags[at] =
        (byte)
            (OUTSTANDING
                | (contents.isAckEliciting() ? ACK_ELICITING : 0)
                | (contents.isInFlight() ? IN_FLIGHT : 0)
                | (contents.isProbe() ? PROBE : 0)
                | (contents.isMarked() ? MARKED : 0));
    tokens[at] = pack(contents);
    streamsFrom[at] = streams.end();
    streams.addAll(contents.streams());
    open[at >> 6] |= 1L << at;
    end = packetNumber + 1;
  }

  /** Keeps what the congestion controller wants to know of the newest packet; null for nothing. */
  void note(long packetNumber, DeliverySnapshot snapshot, long bytesInFlight) {
    if (snapshots == null) {
      if (snapshot == null) {
        return;
      }
      snapshots = new DeliverySnapshot[mask + 1];
      inFlightThen = new long[mask + 1];
    }
    snapshots[index(packetNumber)] = snapshot;
    inFlightThen[index(packetNumber)] = bytesInFlight;
  }

  /** Fills in what congestion controllers are told of a packet. */
  SentPacket describe(long packetNumber, SentPacket described) {
    int at = index(packetNumber);
    return snapshots == null
        ? described.set(packetNumber, sizes[at], sentTimes[at], 0, null)
        : described.set(packetNumber, sizes[at], sentTimes[at], inFlightThen[at], snapshots[at]);
  }

  int state(long packetNumber) {
    return known(packetNumber) ? flags[index(packetNumber)] & STATE : GONE;
  }

  boolean isAckEliciting(long packetNumber) {
    return (flags[index(packetNumber)] & ACK_ELICITING) != 0;
  }

  boolean isInFlight(long packetNumber) {
    return (flags[index(packetNumber)] & IN_FLIGHT) != 0;
  }

  /** Whether its datagram was marked ECT(0). */
  boolean isMarked(long packetNumber) {
    return (flags[index(packetNumber)] & MARKED) != 0;
  }

  /** Whether its loss says nothing about congestion; see {@link PacketContents#markProbe}. */
  boolean isProbe(long packetNumber) {
    return (flags[index(packetNumber)] & PROBE) != 0;
  }

  int size(long packetNumber) {
    return sizes[index(packetNumber)];
  }

  long sentTime(long packetNumber) {
    return sentTimes[index(packetNumber)];
  }

  /** The path that the packet was sent on. */
  PathRecovery path(long packetNumber) {
    return paths[index(packetNumber)];
  }

  /**
   * The packet that was sent on a path so many packets before this one; -1 when it is not known any
   * more. Numbers that were skipped are none.
   */
  long before(long packetNumber, PathRecovery path, int count) {
    long at = packetNumber;
    int left = count;
    while (left > 0 && --at >= first) {
      int index = index(at);
      if (paths[index] == path && (flags[index] & STATE) != GONE) {
        left--;
      }
    }
    return left == 0 ? at : -1;
  }

  /** Null, one {@link RecoveryToken}, or an array of them. */
  Object token(long packetNumber) {
    return tokens[index(packetNumber)];
  }

  /** What the packets that are known carry of streams. */
  StreamRanges streams() {
    return streams;
  }

  /** The position of the packet's first range in {@link #streams()}. */
  long streamsFrom(long packetNumber) {
    return streamsFrom[index(packetNumber)];
  }

  /** The position after the packet's last range in {@link #streams()}. */
  long streamsEnd(long packetNumber) {
    return packetNumber + 1 < end ? streamsFrom[index(packetNumber + 1)] : streams.end();
  }

  /**
   * The lowest packet number from {@code from} to {@code to}, both included, that is outstanding or
   * lost; -1 if none.
   */
  long nextOpen(long from, long to) {
    long at = Math.max(from, first);
    long last = Math.min(to, end - 1);
    while (at <= last) {
      int index = index(at);
      long word = open[index >> 6] >>> index;
      if (word != 0) {
        long found = at + Long.numberOfTrailingZeros(word);
        return found <= last ? found : -1;
      }
      at += 64 - (index & 63);
    }
    return -1;
  }

  /** The lowest outstanding packet number; -1 if none. */
  long firstOutstanding() {
    return nextOutstanding(outstandingFrom);
  }

  /** The lowest outstanding packet number that is at least {@code from}; -1 if none. */
  long nextOutstanding(long from) {
    long at = nextOpen(from, end - 1);
    while (at >= 0 && (flags[index(at)] & STATE) != OUTSTANDING) {
      at = nextOpen(at + 1, end - 1);
    }
    if (from <= outstandingFrom) {
      outstandingFrom = at < 0 ? end : at;
    }
    return at;
  }

  /** Notes an acknowledgment and lets go of the tokens. */
  void markAcked(long packetNumber) {
    close(packetNumber, ACKED);
  }

  /** Forgets a packet out of turn, and the path that it was sent on. */
  void drop(long packetNumber) {
    close(packetNumber, GONE);
    paths[index(packetNumber)] = null;
  }

  /** Notes a loss; the tokens stay until {@link #forget}. */
  void markLost(long packetNumber, long now) {
    int at = index(packetNumber);
    flags[at] = (byte) (flags[at] & ~STATE | LOST);
    lostTimes[at] = now;
  }

  /** Forgets the oldest packets: acknowledged ones, and those that were lost before a time. */
  void forget(long lostBefore) {
    while (first < end) {
      int at = index(first);
      int state = flags[at] & STATE;
      if (state == OUTSTANDING || (state == LOST && lostTimes[at] >= lostBefore)) {
        return;
      }
      forgetFirst();
    }
    // A connection that had much in flight once, and little since, should not hold room for much.
    if (mask >= SMALLEST && SHRINK * (end - emptyAt) <= mask) {
      clear();
    }
    emptyAt = end;
  }

  /** Forgets everything; numbers go on where they were. */
  void clear() {
    mask = -1;
    sentTimes = null;
    lostTimes = null;
    sizes = null;
    flags = null;
    paths = null;
    tokens = null;
    streamsFrom = null;
    streams = null;
    snapshots = null;
    inFlightThen = null;
    open = null;
    first = end;
    outstandingFrom = end;
    emptyAt = end;
  }

  private void allocate() {
    mask = SMALLEST - 1;
    sentTimes = new long[SMALLEST];
    lostTimes = new long[SMALLEST];
    sizes = new int[SMALLEST];
    flags = new byte[SMALLEST];
    paths = new PathRecovery[SMALLEST];
    tokens = new Object[SMALLEST];
    streamsFrom = new long[SMALLEST];
    streams = new StreamRanges();
    open = new long[SMALLEST >> 6];
  }

  private void forgetFirst() {
    close(first, GONE);
    first++;
    streams.removeBelow(first < end ? streamsFrom[index(first)] : streams.end());
  }

  /** Most packets have no token or one, so only more than one takes an array. */
  private static Object pack(PacketContents contents) {
    return switch (contents.tokens().size()) {
      case 0 -> null;
      case 1 -> contents.tokens().getFirst();
      default -> contents.tokens().toArray(new RecoveryToken[0]);
    };
  }

  private void close(long packetNumber, int state) {
    int at = index(packetNumber);
    flags[at] = (byte) (flags[at] & ~STATE | state);
    tokens[at] = null;
    open[at >> 6] &= ~(1L << at);
  }

  private void makeRoom(long packetNumber) {
    if (mask < 0) {
      allocate();
    }
    while (packetNumber - first > mask && first < end) {
      if (mask + 1 < KEEP_NOT_IN_FLIGHT || holds(first)) {
        grow();
      } else {
        forgetFirst();
      }
    }
  }

  /** Whether forgetting this packet would lose count of what is in flight. */
  private boolean holds(long packetNumber) {
    int bits = flags[index(packetNumber)];
    return (bits & STATE) == OUTSTANDING && (bits & IN_FLIGHT) != 0;
  }

  private void grow() {
    int oldMask = mask;
    int capacity = 2 * (mask + 1);
    limitedAtGrowth = countLimited();
    neglected |= mask + 1 >= KEEP_UNACKNOWLEDGED && limitedAtGrowth <= mask / 2;
    long[] newSentTimes = new long[capacity];
    long[] newLostTimes = new long[capacity];
    int[] newSizes = new int[capacity];
    byte[] newFlags = new byte[capacity];
    PathRecovery[] newPaths = new PathRecovery[capacity];
    Object[] newTokens = new Object[capacity];
    long[] newStreamsFrom = new long[capacity];
    long[] newOpen = new long[capacity >> 6];
    mask = capacity - 1;
    for (long packet = first; packet < end; packet++) {
      int from = (int) packet & oldMask;
      int to = index(packet);
      newSentTimes[to] = sentTimes[from];
      newLostTimes[to] = lostTimes[from];
      newSizes[to] = sizes[from];
      newFlags[to] = flags[from];
      newPaths[to] = paths[from];
      newTokens[to] = tokens[from];
      newStreamsFrom[to] = streamsFrom[from];
      newOpen[to >> 6] |= (open[from >> 6] >>> from & 1) << to;
    }
    growNotes(oldMask, capacity);
    sentTimes = newSentTimes;
    lostTimes = newLostTimes;
    sizes = newSizes;
    flags = newFlags;
    paths = newPaths;
    tokens = newTokens;
    streamsFrom = newStreamsFrom;
    open = newOpen;
  }

  private int countLimited() {
    int count = 0;
    for (long packet = first; packet < end; packet++) {
      count += holds(packet) && isAckEliciting(packet) && !isProbe(packet) ? 1 : 0;
    }
    return count;
  }

  /** Whether there are packets beyond number, and no window limits them. */
  boolean isNeglected() {
    return neglected;
  }

  /** How much room there is, and how much could be needed. */
  void measure(Footprint out) {
    int most = 2 * Math.max(KEEP_UNACKNOWLEDGED, 2 * limitedAtGrowth);
    out.holds("room for sent packets", mask + 1, most);
    // Each has its frames, and those of STREAM frames lie apart.
    out.holds("packets sent", end - first, mask + 1);
  }

  private void growNotes(int oldMask, int capacity) {
    if (snapshots == null) {
      return;
    }
    DeliverySnapshot[] newSnapshots = new DeliverySnapshot[capacity];
    long[] newInFlightThen = new long[capacity];
    for (long packet = first; packet < end; packet++) {
      newSnapshots[index(packet)] = snapshots[(int) packet & oldMask];
      newInFlightThen[index(packet)] = inFlightThen[(int) packet & oldMask];
    }
    snapshots = newSnapshots;
    inFlightThen = newInFlightThen;
  }

  private boolean known(long packetNumber) {
    return packetNumber >= first && packetNumber < end;
  }

  private int index(long packetNumber) {
    return (int) packetNumber & mask;
  }
}
