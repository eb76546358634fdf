package dev.sluice.tls.psk;

import dev.sluice.tls.Hkdf;
import dev.sluice.tls.TicketProtector;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts tickets with keys that change by the clock. Time is cut into epochs; the key of each
 * epoch is a one-way function of the one before, and only those whose tickets can still be valid
 * are kept. Whoever steals the memory of a server learns nothing of older tickets (RFC 8446 §C.4).
 *
 * <p>Safe for use by any thread without a lock: the keys lie in an immutable ring of final fields.
 * A thread that sees an older one, or two that move it on at the same time, arrive at the same
 * keys. The random generator must be safe for use by all those threads too.
 *
 * <pre>
 *   ticket = epoch (8) | salt (32) | AES-256-GCM(key and nonce from epoch key and salt)
 * </pre>
 */
public final class RotatingTicketProtector implements TicketProtector {
  private static final String HASH = "SHA-256";
  private static final int EPOCH_LENGTH = 8;
  private static final int SALT_LENGTH = 32;
  private static final int KEY_LENGTH = 32;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;

  /**
   * A clock that jumps far ahead must not keep us ratcheting; after so many epochs a ring starts
   * anew, and the tickets of before are lost, as they would have expired anyway.
   */
  private static final int MAX_STEPS = 10_000;

  /** The keys of the newest epoch and those before it, newest last. */
  private record Ring(long newest, byte[][] keys) {}

  private final RandomGenerator random;
  private final long epochSeconds;
  private final int kept;
  private Ring ring;

  /**
   * @param lifetime how long a ticket can be opened at least, one minute to seven days
   * @param random seeds the keys and salts every ticket
   */
  public RotatingTicketProtector(Duration lifetime, RandomGenerator random, Instant now) {
    if (lifetime.toSeconds() < 60 || lifetime.toDays() > 7) {
      throw new IllegalArgumentException("a ticket lives one minute to seven days");
    }
    this.random = random;
    // Four epochs to a lifetime: a key outlives its last ticket by a quarter at most.
    this.epochSeconds = lifetime.toSeconds() / 4;
    this.kept = 5;
    byte[] first = new byte[KEY_LENGTH];
    random.nextBytes(first);
    this.ring = new Ring(epoch(now), new byte[][] {first});
  }

  @Override
  public byte[] protect(byte[] state, Instant now) {
    Ring current = advance(now);
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    byte[] head = head(current.newest, salt);
    byte[] key = current.keys[current.keys.length - 1];
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, salt, head).doFinal(state);
      byte[] ticket = Arrays.copyOf(head, head.length + sealed.length);
      System.arraycopy(sealed, 0, ticket, head.length, sealed.length);
      return ticket;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is missing from this JDK", e);
    }
  }

  @Override
  public byte[] open(byte[] ticket, Instant now) {
    int headLength = EPOCH_LENGTH + SALT_LENGTH;
    if (ticket.length <= headLength) {
      return null;
    }
    long epoch = 0;
    for (int i = 0; i < EPOCH_LENGTH; i++) {
      epoch = epoch << 8 | ticket[i] & 0xff;
    }
    Ring current = advance(now);
    long back = current.newest - epoch;
    if (back < 0 || back >= current.keys.length) {
      return null;
    }
    byte[] key = current.keys[current.keys.length - 1 - (int) back];
    byte[] salt = Arrays.copyOfRange(ticket, EPOCH_LENGTH, headLength);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, salt, Arrays.copyOf(ticket, headLength))
          .doFinal(ticket, headLength, ticket.length - headLength);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is missing from this JDK", e);
    }
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
      key = Hkdf.expandLabel(HASH, key, "ticket epoch", new byte[0], KEY_LENGTH);
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

  private static byte[] head(long epoch, byte[] salt) {
    byte[] head = new byte[EPOCH_LENGTH + SALT_LENGTH];
    for (int i = 0; i < EPOCH_LENGTH; i++) {
      head[i] = (byte) (epoch >> 8 * (EPOCH_LENGTH - 1 - i));
    }
    System.arraycopy(salt, 0, head, EPOCH_LENGTH, SALT_LENGTH);
    return head;
  }

  /** A key and nonce of each ticket's own: no nonce can meet its key twice. */
  private static Cipher cipher(int mode, byte[] epochKey, byte[] salt, byte[] head)
      throws GeneralSecurityException {
    byte[] both = Hkdf.expandLabel(HASH, epochKey, "ticket", salt, KEY_LENGTH + NONCE_LENGTH);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(both, 0, KEY_LENGTH, "AES"),
        new GCMParameterSpec(TAG_BITS, both, KEY_LENGTH, NONCE_LENGTH));
    cipher.updateAAD(head);
    return cipher;
  }
}
