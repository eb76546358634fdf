package dev.sluice.tls.psk;

import dev.sluice.tls.EarlyDataPolicy;
import dev.sluice.tls.ReplayGuard;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Remembers the 0-RTT handshakes of the recent past, each for at least as long as a replay of it
 * would pass for fresh (RFC 8446 §8.2, §8.3), in memory of a fixed size.
 *
 * <p>Time is cut into epochs of twice the freshness, so that whoever was struck in this epoch or
 * the one before is remembered, and older marks count as free. A mark is a fingerprint of the
 * binder with the number of its epoch, in one {@code long}. It has its place in a small bucket; a
 * bucket that is full refuses. So a flood costs clients their 0-RTT, and never a replay. What a
 * client would need to know to fill somebody else's bucket is secret.
 *
 * <p>Any thread, without a lock: a mark is set by one compare-and-set, and whoever has set one
 * looks once more whether another has set the same meanwhile.
 */
public final class StrikeRegister implements ReplayGuard {

  /** 512 KiB: a thousand 0-RTT handshakes a second, and buckets are still half empty. */
  public static final int USUAL_CAPACITY = 1 << 16;

  private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(long[].class);

  /** Marks that share a bucket: two cache lines, looked at one after another. */
  private static final int BUCKET = 16;

  /** The low bits of a mark are its epoch; a register would have to sleep for days to mix them. */
  private static final long EPOCH_MASK = 0xffff;

  /** A clock that is set back by so many epochs or fewer makes no replay new. */
  private static final long SET_BACK = 180;

  private final long[] marks;
  private final Duration freshness;
  private final InstantSource clock;
  private final long epochMillis;
  private final long openFromMillis;
  private final byte[] secret = new byte[32];

  /** A register of the usual capacity and freshness, for tickets that only this process opens. */
  public StrikeRegister(RandomGenerator random, InstantSource clock) {
    this(EarlyDataPolicy.USUAL_FRESHNESS, USUAL_CAPACITY, false, random, clock);
  }

  /**
   * @param freshness one second to an hour
   * @param capacity marks, rounded up to a power of two, 16 to 2^24; twice as many as 0-RTT
   *     handshakes are expected within four times the freshness are a good number
   * @param sharedTickets whether tickets from before this moment, or from other servers, can be
   *     opened here. Then replays of what this register has not seen are possible at first, and it
   *     refuses everything for as long (RFC 8446 §8.2)
   * @param random makes the secret of the buckets
   */
  public StrikeRegister(
      Duration freshness,
      int capacity,
      boolean sharedTickets,
      RandomGenerator random,
      InstantSource clock) {
    if (freshness.toMillis() < 1_000 || freshness.toHours() > 1) {
      throw new IllegalArgumentException("freshness is one second to an hour");
    }
    if (capacity < BUCKET || capacity > 1 << 24) {
      throw new IllegalArgumentException("capacity is " + BUCKET + " to 2^24");
    }
    this.freshness = freshness;
    this.clock = clock;
    this.epochMillis = 2 * freshness.toMillis();
    this.openFromMillis = sharedTickets ? clock.millis() + epochMillis : Long.MIN_VALUE;
    this.marks = new long[Integer.highestOneBit(2 * capacity - 1)];
    random.nextBytes(secret);
  }

  @Override
  public Duration freshness() {
    return freshness;
  }

  @Override
  public boolean admit(byte[] replayKey) {
    long millis = clock.millis();
    if (millis < openFromMillis) {
      return false;
    }
    ByteBuffer digest = ByteBuffer.wrap(digest(replayKey));
    long epoch = Math.floorDiv(millis, epochMillis);
    int bucket = digest.getInt() & marks.length - 1 & -BUCKET;
    // The lowest bit of the fingerprint is set, so that no mark looks like an empty place.
    long fingerprint = (digest.getLong() | EPOCH_MASK + 1) & ~EPOCH_MASK;
    return strike(bucket, fingerprint, epoch);
  }

  private boolean strike(int bucket, long fingerprint, long epoch) {
    long mark = fingerprint | epoch & EPOCH_MASK;
    while (true) {
      int free = -1;
      long inFree = 0;
      for (int i = bucket; i < bucket + BUCKET; i++) {
        long there = (long) MARK.getVolatile(marks, i);
        boolean live = there != 0 && isLive(there, epoch);
        if (live && (there & ~EPOCH_MASK) == fingerprint) {
          return false;
        }
        if (!live && free < 0) {
          free = i;
          inFree = there;
        }
      }
      if (free < 0) {
        return false;
      }
      if (MARK.compareAndSet(marks, free, inFree, mark)) {
        return isAlone(bucket, free, fingerprint, epoch);
      }
    }
  }

  /** Two threads may have found two places free. Then at least the later one sees the other. */
  private boolean isAlone(int bucket, int own, long fingerprint, long epoch) {
    for (int i = bucket; i < bucket + BUCKET; i++) {
      long there = (long) MARK.getVolatile(marks, i);
      if (i != own && (there & ~EPOCH_MASK) == fingerprint && isLive(there, epoch)) {
        return false;
      }
    }
    return true;
  }

  /** Of this epoch or the one before, or of one to come: clocks are set back, too. */
  private static boolean isLive(long mark, long epoch) {
    long age = epoch - mark & EPOCH_MASK;
    return age <= 1 || age > EPOCH_MASK - SET_BACK;
  }

  private byte[] digest(byte[] replayKey) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(secret);
      return sha.digest(replayKey);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
