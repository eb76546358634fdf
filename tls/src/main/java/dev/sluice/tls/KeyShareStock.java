package dev.sluice.tls;

import dev.sluice.tls.keys.KeyPairStock;
import java.util.random.RandomGenerator;

/**
 * Key pairs for key shares, made before they are needed by a thread that has a moment. Each leaves
 * the stock when it is taken and so serves one handshake; when there is none, one is made on the
 * spot. The stock follows what is asked for: whoever has needed one pair of a kind may never need
 * another, so it stays empty until the second, and grows with every further one to eight.
 *
 * <p>One stock serves all handshakes of a thread; it is not safe for use by several.
 */
public final class KeyShareStock {
  final KeyPairStock pairs = new KeyPairStock();

  /** Whether {@link #prepare} has something to do. */
  public boolean isShort() {
    return pairs.isShort();
  }

  /**
   * Makes one pair, if the stock is short of any. Takes less than a tenth of a millisecond.
   *
   * @param random cryptographically secure outside of tests
   */
  public void prepare(RandomGenerator random) {
    pairs.prepare(random);
  }

  /** Wipes what is left. The stock may be used on, and is empty. */
  public void destroy() {
    pairs.destroy();
  }
}
