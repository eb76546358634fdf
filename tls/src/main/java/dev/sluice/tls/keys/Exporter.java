package dev.sluice.tls.keys;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import java.util.Arrays;

/** Keying material exporter (RFC 8446 §7.5). */
public final class Exporter {
  private final CipherSuite suite;
  private final byte[] masterSecret;

  /**
   * @param masterSecret exporter_master_secret, from now on owned here
   */
  public Exporter(CipherSuite suite, byte[] masterSecret) {
    this.suite = suite;
    this.masterSecret = masterSecret;
  }

  /**
   * Exports.
   *
   * @param context possibly empty
   * @param length bytes wanted, 1 to 255 times the hash length
   */
  public byte[] export(String label, byte[] context, int length) {
    Hkdf hkdf = Hkdf.of(suite);
    byte[] secret =
        hkdf.expandLabel(masterSecret, label, KeySchedule.emptyHash(suite), suite.hashLength());
    byte[] hash = KeySchedule.digest(suite).digest(context);
    byte[] out = hkdf.expandLabel(secret, "exporter", hash, length);
    Arrays.fill(secret, (byte) 0);
    return out;
  }

  /** Zeroes the secret. */
  public void destroy() {
    Arrays.fill(masterSecret, (byte) 0);
  }
}
