package dev.sluice.network;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/**
 * One direction of a wire: a bottleneck with a queue, then a delay, with every misfortune that a
 * network has to offer. A fresh link is perfect and infinitely fast. Settings may change while the
 * simulation runs. Several routes may share one link, which is how flows compete.
 *
 * <pre>{@code
 * new Link().delay(ms(20)).rate(10_000_000).queue(50_000).loss(0.05).reorder(0.02, ms(3))
 * }</pre>
 */
public final class Link {
  /** How many datagrams there were, and what became of them. */
  public static final class Counts {
    public long sent;
    public long bytes;

    /** Bytes that had left the bottleneck when the last datagram reached it. */
    public long carried;

    public long lost;
    public long overflowed;
    public long tooLarge;
    public long duplicated;
    public long reordered;
    public long corrupted;
    public long truncated;
    public long marked;

    /** The most bytes that were at the bottleneck at a time. */
    public long mostWaiting;

    @Override
    public String toString() {
      return ("sent %d (%d bytes), lost %d, overflowed %d, too large %d, duplicated %d,"
              + " reordered %d, corrupted %d, truncated %d, marked %d")
          .formatted(
              sent,
              bytes,
              lost,
              overflowed,
              tooLarge,
              duplicated,
              reordered,
              corrupted,
              truncated,
              marked);
    }
  }

  private record Waiting(double departure, int bytes) {}

  /** Takes what comes out at the other end. */
  interface Exit {
    void arrive(long time, Datagram datagram);
  }

  private final Counts counts = new Counts();
  private SplittableRandom random = new SplittableRandom(0);
  private long delay;
  private long jitter;
  private double nanosPerByte;
  private long queueBytes = Long.MAX_VALUE;
  private int queuePackets = Integer.MAX_VALUE;
  private long markBytes = Long.MAX_VALUE;
  private IntUnaryOperator rewriteEcn = IntUnaryOperator.identity();
  private int mtu = Integer.MAX_VALUE;
  private double lossRate;
  private double duplicateRate;
  private double reorderRate;
  private long reorderDelay;
  private double corruptRate;
  private double truncateRate;
  private int longestBurst = Integer.MAX_VALUE;
  private int lostInARow;
  private int corruptedInARow;
  private Predicate<Datagram> drop = datagram -> false;

  /** What is at the bottleneck, the datagram that is leaving it included, by departure. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private long waitingBytes;
  private boolean cut;
  private double busyUntil = -Double.MAX_VALUE;
  private long lastArrival = Long.MIN_VALUE;

  /** The time that every datagram takes. */
  public Link delay(Duration value) {
    delay = value.toNanos();
    return this;
  }

  /** A further time between none and this, different for each datagram; the order stays. */
  public Link jitter(Duration value) {
    jitter = value.toNanos();
    return this;
  }

  /**
   * Bits of payload a second; 0 for no limit. What is already at the bottleneck leaves at the old
   * rate.
   */
  public Link rate(long bitsPerSecond) {
    nanosPerByte = bitsPerSecond == 0 ? 0 : 8e9 / bitsPerSecond;
    return this;
  }

  /**
   * How many bytes can wait at the bottleneck, the datagram that is leaving it included; what does
   * not fit is dropped. Needs a rate.
   */
  public Link queue(long bytes) {
    queueBytes = bytes;
    return this;
  }

  /** How many datagrams can wait at the bottleneck, of whatever size. Needs a rate. */
  public Link queuePackets(int datagrams) {
    queuePackets = datagrams;
    return this;
  }

  /** From so many waiting bytes on, ECN-capable datagrams are marked CE. Needs a rate. */
  public Link markAbove(long bytes) {
    markBytes = bytes;
    return this;
  }

  /** Larger datagrams vanish. */
  public Link mtu(int bytes) {
    mtu = bytes;
    return this;
  }

  /** What becomes of the two ECN bits on the way: {@code ecn -> 0} for a path that clears them. */
  public Link rewriteEcn(IntUnaryOperator change) {
    rewriteEcn = change;
    return this;
  }

  /** A black hole: everything that enters from now on vanishes. What is under way arrives. */
  public Link cut() {
    cut = true;
    return this;
  }

  /** The end of {@link #cut}. */
  public Link mend() {
    cut = false;
    return this;
  }

  /** The share of datagrams that vanish, 0 to 1. */
  public Link loss(double rate) {
    lossRate = rate;
    return this;
  }

  /** Drops datagram i (from 0, up to 63) when bit i is set. */
  public Link lossMask(long mask) {
    return drop(datagram -> datagram.number() < 64 && (mask >>> datagram.number() & 1) != 0);
  }

  /** Drops what the predicate says, in place of an earlier predicate or mask. */
  public Link drop(Predicate<Datagram> predicate) {
    drop = predicate;
    return this;
  }

  /** The share of datagrams that arrive twice. */
  public Link duplicate(double rate) {
    duplicateRate = rate;
    return this;
  }

  /** The share of datagrams that are held up by so much, so that others overtake them. */
  public Link reorder(double rate, Duration heldUp) {
    reorderRate = rate;
    reorderDelay = heldUp.toNanos();
    return this;
  }

  /** The share of datagrams in which one to eight bits flip. */
  public Link corrupt(double rate) {
    corruptRate = rate;
    return this;
  }

  /** At most so many datagrams in a row are lost at random, and at most so many corrupted. */
  public Link longestBurst(int datagrams) {
    longestBurst = datagrams;
    return this;
  }

  /** The share of datagrams that lose their tail. */
  public Link truncate(double rate) {
    truncateRate = rate;
    return this;
  }

  /** What has happened here so far. */
  public Counts counts() {
    return counts;
  }

  @Override
  public String toString() {
    return counts.toString();
  }

  void seed(SplittableRandom source) {
    random = source;
  }

  /** Sends a datagram in; what comes out goes to {@code exit} at its time. */
  void enter(Datagram datagram, long now, Exit exit) {
    Datagram entering = datagram.numbered(counts.sent++);
    counts.bytes += entering.bytes().length;
    if (entering.bytes().length > mtu) {
      counts.tooLarge++;
      return;
    }
    if (cut || drop.test(entering)) {
      counts.lost++;
      return;
    }
    lostInARow = chance(lossRate) && lostInARow < longestBurst ? lostInARow + 1 : 0;
    if (lostInARow > 0) {
      counts.lost++;
      return;
    }
    entering = entering.withEcn(rewriteEcn.applyAsInt(entering.ecn()));
    if (nanosPerByte > 0 || !waiting.isEmpty()) {
      entering = queue(entering, now);
      if (entering == null) {
        counts.overflowed++;
        return;
      }
    }
    deliver(mangle(entering), Math.max(now, (long) Math.ceil(busyUntil)), exit);
  }

  /** Joins the queue at the bottleneck; null when it is full. */
  private Datagram queue(Datagram entering, long now) {
    while (!waiting.isEmpty() && waiting.peek().departure <= now) {
      int left = waiting.remove().bytes;
      waitingBytes -= left;
      counts.carried += left;
    }
    if (waitingBytes + entering.length() > queueBytes || waiting.size() >= queuePackets) {
      return null;
    }
    boolean mark = waitingBytes > markBytes && entering.ecn() != 0;
    busyUntil = Math.max(busyUntil, now) + entering.length() * nanosPerByte;
    waiting.add(new Waiting(busyUntil, entering.length()));
    waitingBytes += entering.length();
    counts.mostWaiting = Math.max(counts.mostWaiting, waitingBytes);
    if (mark) {
      counts.marked++;
      return entering.withEcn(3);
    }
    return entering;
  }

  private void deliver(Datagram datagram, long departure, Exit exit) {
    long arrival = departure + delay + (jitter == 0 ? 0 : random.nextLong(jitter + 1));
    if (chance(reorderRate)) {
      counts.reordered++;
      exit.arrive(arrival + reorderDelay, datagram);
    } else {
      lastArrival = Math.max(lastArrival, arrival); // jitter alone never lets one overtake another
      exit.arrive(lastArrival, datagram);
    }
    if (chance(duplicateRate)) {
      counts.duplicated++;
      exit.arrive(arrival + random.nextLong(1 + reorderDelay + jitter), datagram);
    }
  }

  private Datagram mangle(Datagram datagram) {
    byte[] bytes = datagram.bytes();
    if (chance(truncateRate) && bytes.length > 0) {
      counts.truncated++;
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    corruptedInARow =
        chance(corruptRate) && bytes.length > 0 && corruptedInARow < longestBurst
            ? corruptedInARow + 1
            : 0;
    if (corruptedInARow > 0) {
      counts.corrupted++;
      bytes = bytes.clone();
      for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return bytes == datagram.bytes() ? datagram : datagram.withBytes(bytes);
  }

  private boolean chance(double rate) {
    return rate > 0 && random.nextDouble() < rate;
  }
}
