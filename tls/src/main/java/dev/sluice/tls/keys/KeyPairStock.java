package dev.sluice.tls.keys;

import java.security.KeyPair;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/** What a {@link dev.sluice.tls.KeyShareStock} holds: key pairs, each of which leaves it once. */
public final class KeyPairStock {
  /**
   * Pairs of a kind. Enough for what arrives in the moment that a handshake takes; those of ML-KEM
   * take 10 KiB each.
   */
  public static final int MOST = 8;

  private final Deque<X25519KeyAgreement> x25519 = new ArrayDeque<>(MOST);
  private final Deque<KeyPair> mlKem = new ArrayDeque<>(MOST);
  private int wantedX25519 = -1;
  private int wantedMlKem = -1;

  /**
   * A key pair on Curve25519.
   *
   * @param random for one that is not in stock
   */
  X25519KeyAgreement x25519(RandomGenerator random) {
    wantedX25519 = Math.min(MOST, wantedX25519 + 1);
    X25519KeyAgreement ready = x25519.poll();
    return ready != null ? ready : X25519KeyAgreement.generate(random);
  }

  /**
   * A key pair of ML-KEM-768.
   *
   * @param random for one that is not in stock
   */
  KeyPair mlKem(RandomGenerator random) {
    wantedMlKem = Math.min(MOST, wantedMlKem + 1);
    KeyPair ready = mlKem.poll();
    return ready != null ? ready : MlKem768.generate(random);
  }

  /** Whether {@link #prepare} has something to do. */
  public boolean isShort() {
    return x25519.size() < wantedX25519 || mlKem.size() < wantedMlKem;
  }

  /**
   * Makes one pair, if the stock is short of any. Takes less than a tenth of a millisecond.
   *
   * @param random cryptographically secure outside of tests
   */
  public void prepare(RandomGenerator random) {
    if (x25519.size() < wantedX25519) {
      x25519.add(X25519KeyAgreement.generate(random));
    } else if (mlKem.size() < wantedMlKem) {
      mlKem.add(MlKem768.generate(random));
    }
  }

  /** Wipes what is left. The stock may be used on, and is empty. */
  public void destroy() {
    x25519.forEach(X25519KeyAgreement::destroy);
    x25519.clear();
    mlKem.clear();
    wantedX25519 = -1;
    wantedMlKem = -1;
  }
}
