package dev.sluice.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a body of any length is compared by.
 *
 * @param length in bytes
 * @param sha256 in hexadecimal
 */
record Digest(long length, String sha256) {

  /** Reads a stream to its end and closes it. */
  static Digest of(InputStream in) {
    try (in) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 16];
      long length = 0;
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        sha256.update(chunk, 0, n);
        length += n;
      }
      return new Digest(length, HexFormat.of().formatHex(sha256.digest()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Both values in a line, as servers under test answer. */
  @Override
  public String toString() {
    return length + " " + sha256;
  }
}
