package dev.sluice.tls.psk;

import dev.sluice.tls.Hkdf;
import dev.sluice.tls.TicketProtector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Encrypts tickets with keys that change by the clock. Time is cut into epochs; the key of each
 * epoch is a one-way function of the one before, and only those whose tickets can still be valid
 * are kept. Whoever steals the memory of a server learns nothing of older tickets (RFC 8446 §C.4).
 *
 * <p>Safe for use by any thread without a lock: the keys lie in an immutable ring of final fields.
 * A thread that sees an older one, or two that move it on at the same time, arrive at the same
 * keys. The random generator must be safe for use by all those threads too.
 *
 * <p>The name of a key in a ticket is its epoch's number.
 */
public final class RotatingTicketProtector implements TicketProtector {
  private static final int EPOCH_LENGTH = 8;

  /**
   * A clock that jumps far ahead must not keep us ratcheting; after so many epochs a ring starts
   * anew, and the tickets of before are lost, as they would have expired anyway.
   */
  private static final int MAX_STEPS = 10_000;

  /** The keys of the newest epoch and those before it, newest last. */
  private record Ring(long newest, byte[][] keys) {}

  private final TicketCipher cipher = new TicketCipher();
  private final RandomGenerator random;
  private final long epochSeconds;
  private final int kept;
  private Ring ring;

  /**
   * @param lifetime how long a ticket can be opened at least, one minute to seven days
   * @param random seeds the keys and salts every ticket
   */
  public RotatingTicketProtector(Duration lifetime, RandomGenerator random, Instant now) {
    if (lifetime.toSeconds() < 60 || lifetime.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException("a ticket lives one minute to seven days");
    }
    this.random = random;
    // Four epochs to a lifetime: a key outlives its last ticket by about a quarter at most.
    this.epochSeconds = Math.ceilDiv(lifetime.toMillis(), 4_000L);
    this.kept = 5;
    byte[] first = new byte[TicketCipher.KEY_LENGTH];
    random.nextBytes(first);
    this.ring = new Ring(epoch(now), new byte[][] {first});
  }

  @Override
  public byte[] protect(byte[] state, Instant now) {
    Ring current = advance(now);
    byte[] key = current.keys[current.keys.length - 1];
    return cipher.seal(name(current.newest), key, state, random);
  }

  @Override
  public byte[] open(byte[] ticket, Instant now) {
    byte[] name = TicketCipher.name(ticket, EPOCH_LENGTH);
    if (name == null) {
      return null;
    }
    Ring current = advance(now);
    long back = current.newest - ByteBuffer.wrap(name).getLong();
    if (back < 0 || back >= current.keys.length) {
      return null;
    }
    byte[] key = current.keys[current.keys.length - 1 - (int) back];
    return cipher.open(ticket, EPOCH_LENGTH, key);
  }

  /** Brings the ring to the epoch of now. A clock that goes back leaves it where it is. */
  private Ring advance(Instant now) {
    Ring current = ring;
    long target = epoch(now);
    long steps = target - current.newest;
    if (steps <= 0) {
      return current;
    }
    byte[] key = current.keys[current.keys.length - 1];
    byte[][] keys = current.keys;
    for (long i = 0; i < Math.min(steps, MAX_STEPS); i++) {
      key =
          new Hkdf(TicketCipher.HASH)
              .expandLabel(key, "ticket epoch", new byte[0], TicketCipher.KEY_LENGTH);
      keys = Arrays.copyOf(keys, keys.length + 1);
      keys[keys.length - 1] = key;
      if (keys.length > kept) {
        keys = Arrays.copyOfRange(keys, keys.length - kept, keys.length);
      }
    }
    Ring next = new Ring(target, keys);
    ring = next;
    return next;
  }

  private long epoch(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), epochSeconds);
  }

  private static byte[] name(long epoch) {
    return ByteBuffer.allocate(EPOCH_LENGTH).putLong(epoch).array();
  }
}
