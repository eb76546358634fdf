package dev.sluice.tls.psk;

import dev.sluice.tls.Hkdf;
import dev.sluice.tls.TicketProtector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Encrypts tickets with keys that somebody else provides and changes, so that all servers of a
 * fleet open each other's tickets, and tickets outlive a restart. Any thread may use it, and one at
 * a time exchange the keys.
 *
 * <p>To change keys without refusing anybody: give every server the new key as its last one; once
 * all have it, give it to them as the first; take the old one away a ticket's lifetime later.
 */
public final class SharedTicketKeys implements TicketProtector {

  private static final VarHandle KEYS = MethodHandles.arrayElementVarHandle(Object[].class);

  private static final int NAME_LENGTH = 16;

  /** A key and what a ticket calls it. */
  private record Named(byte[] name, byte[] key) {
    static Named of(byte[] key) {
      if (key.length != TicketCipher.KEY_LENGTH) {
        throw new IllegalArgumentException("a ticket key has 32 bytes");
      }
      byte[] name =
          new Hkdf(TicketCipher.HASH).expandLabel(key, "ticket key name", new byte[0], NAME_LENGTH);
      return new Named(name, key.clone());
    }
  }

  private final TicketCipher cipher = new TicketCipher();
  private final RandomGenerator random;

  /** At 0 the present keys, an immutable list: so that every thread sees an exchange as a whole. */
  private final Object[] keys = new Object[1];

  /**
   * @param keys 32 secret bytes each. The first seals new tickets, all of them open tickets
   * @param random salts every ticket; safe for use by all threads
   */
  public SharedTicketKeys(List<byte[]> keys, RandomGenerator random) {
    this.random = random;
    replace(keys);
  }

  /** Uses other keys from now on, as in the constructor. */
  public void replace(List<byte[]> others) {
    KEYS.setRelease(keys, 0, named(others));
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

  @SuppressWarnings("unchecked")
  private List<Named> present() {
    return (List<Named>) KEYS.getAcquire(keys, 0);
  }

  private static List<Named> named(List<byte[]> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("there must be a key");
    }
    return keys.stream().map(Named::of).toList();
  }

  @Override
  public byte[] protect(byte[] state, Instant now) {
    Named current = present().getFirst();
    return cipher.seal(current.name, current.key, state, random);
  }

  @Override
  public byte[] open(byte[] ticket, Instant now) {
    byte[] name = TicketCipher.name(ticket, NAME_LENGTH);
    for (Named named : present()) {
      if (Arrays.equals(named.name, name)) {
        return cipher.open(ticket, NAME_LENGTH, named.key);
      }
    }
    return null;
  }
}
