package dev.sluice.quic.endpoint;

import dev.sluice.tls.Hkdf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The keys of address tokens (RFC 9000 §8.1). Those of an endpoint of its own need no care; a fleet
 * gives all its servers the same, so that a token from one is good at every other and after a
 * restart. Any thread may use them, and one at a time exchange them.
 *
 * <p>To change keys without refusing anybody: give every server the new key as its last one; once
 * all have it, give it to them as the first; take the old one away a day later, when its tokens are
 * worth nothing any more.
 */
public final class TokenKeys {
  private static final VarHandle KEYS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final int KEY_LENGTH = 32;
  private static final int NAME_LENGTH = 4;
  private static final String HASH = "SHA-256";

  /** A key and what a token calls it. */
  record Named(byte[] name, byte[] key) {
    static Named of(byte[] key) {
      if (key.length != KEY_LENGTH) {
        throw new IllegalArgumentException("a token key has 32 bytes");
      }
      byte[] name = new Hkdf(HASH).expandLabel(key, "token key name", new byte[0], NAME_LENGTH);
      return new Named(name, key.clone());
    }
  }

  /** At 0 the present keys, an immutable list: so that every thread sees an exchange as a whole. */
  private final Object[] keys = new Object[1];

  private final InstantSource clock;

  private TokenKeys(InstantSource clock, List<byte[]> keys) {
    this.clock = clock;
    replace(keys);
  }

  /**
   * Keys that several servers or several runs of one share.
   *
   * @param keys 32 secret bytes each. The first seals new tokens, all of them open tokens
   * @param clock tells when a token was made, alike on all servers
   */
  public static TokenKeys shared(List<byte[]> keys, InstantSource clock) {
    return new TokenKeys(clock, keys);
  }

  /** A key that nobody else knows; its tokens carry the time of the endpoint's own clock. */
  static TokenKeys fresh(RandomGenerator random) {
    byte[] key = new byte[KEY_LENGTH];
    random.nextBytes(key);
    return new TokenKeys(null, List.of(key));
  }

  /** Uses other keys from now on: the first seals, all of them open. */
  public void replace(List<byte[]> others) {
    if (others.isEmpty()) {
      throw new IllegalArgumentException("there must be a key");
    }
    KEYS.setRelease(keys, 0, others.stream().map(Named::of).toList());
  }

  /**
   * Seals with a new key from now on, and keeps opening with those before.
   *
   * @param kept how many of those are kept, the latest ones
   */
  public void rotate(byte[] key, int kept) {
    List<Named> next = new ArrayList<>();
    next.add(Named.of(key));
    next.addAll(present().subList(0, Math.min(kept, present().size())));
    KEYS.setRelease(keys, 0, List.copyOf(next));
  }

  /** The key that seals. */
  Named current() {
    return present().getFirst();
  }

  /** The key of the name that begins at an offset; null when it is not known any more. */
  Named named(byte[] buffer, int offset) {
    for (Named named : present()) {
      if (Arrays.equals(named.name, 0, NAME_LENGTH, buffer, offset, offset + NAME_LENGTH)) {
        return named;
      }
    }
    return null;
  }

  /**
   * The time to write into tokens, in milliseconds.
   *
   * @param now of the endpoint's clock, in nanoseconds
   */
  long millis(long now) {
    return clock == null ? Math.floorDiv(now, 1_000_000L) : clock.millis();
  }

  @SuppressWarnings("unchecked")
  private List<Named> present() {
    return (List<Named>) KEYS.getAcquire(keys, 0);
  }

  /** Says nothing of the keys. */
  @Override
  public String toString() {
    return "TokenKeys[" + present().size() + "]";
  }
}
