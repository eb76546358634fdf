package dev.sluice.tls.psk;

import dev.sluice.tls.keys.KeySchedule;
import java.security.MessageDigest;
import java.util.Arrays;

/** The proof in a ClientHello that its sender holds the PSK (RFC 8446 §4.2.11.2). */
public final class PskBinder {
  private PskBinder() {}

  /**
   * Computes a binder.
   *
   * @param schedule at its early secret, made with the PSK
   * @param truncatedHash the transcript up to the binders list
   */
  public static byte[] compute(KeySchedule schedule, byte[] truncatedHash) {
    byte[] key = schedule.resumptionBinderKey();
    byte[] binder = schedule.verifyData(key, truncatedHash);
    Arrays.fill(key, (byte) 0);
    return binder;
  }

  /** Whether a binder is right, in constant time. */
  public static boolean verify(KeySchedule schedule, byte[] truncatedHash, byte[] binder) {
    return MessageDigest.isEqual(compute(schedule, truncatedHash), binder);
  }
}
