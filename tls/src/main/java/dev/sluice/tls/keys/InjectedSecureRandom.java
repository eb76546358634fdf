package dev.sluice.tls.keys;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Lets the JDK's key generators, which demand a SecureRandom, draw from the source that a
 * configuration injects. The one place in this module where the two meet.
 */
public final class InjectedSecureRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  /** Never serialised; the field is transient because the class it extends is serialisable. */
  private final transient RandomGenerator source;

  private InjectedSecureRandom(RandomGenerator source) {
    super(null, null);
    this.source = source;
  }

  /** The source itself when it is a SecureRandom, else an adapter around it. */
  public static SecureRandom of(RandomGenerator source) {
    return source instanceof SecureRandom secure ? secure : new InjectedSecureRandom(source);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    source.nextBytes(bytes);
  }

  @Override
  public byte[] generateSeed(int numBytes) {
    byte[] seed = new byte[numBytes];
    source.nextBytes(seed);
    return seed;
  }

  @Override
  public void setSeed(long seed) {
    // The source is seeded by whoever injected it.
  }
}
