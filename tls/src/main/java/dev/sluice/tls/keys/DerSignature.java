package dev.sluice.tls.keys;

import java.math.BigInteger;
import java.util.Arrays;

/** The two numbers of an ECDSA signature in DER: SEQUENCE of two INTEGERs (RFC 3279 §2.2.3). */
record DerSignature(BigInteger r, BigInteger s) {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  /** A short form length; P-384 signatures have at most 104 bytes. */
  private static final int MAX_LENGTH = 127;

  byte[] encode() {
    byte[] first = r.toByteArray();
    byte[] second = s.toByteArray();
    byte[] der = new byte[6 + first.length + second.length];
    der[0] = SEQUENCE;
    der[1] = (byte) (der.length - 2);
    int at = integer(der, 2, first);
    integer(der, at, second);
    return der;
  }

  /** Reads a signature; null unless it is exactly what {@link #encode} would write. */
  static DerSignature decode(byte[] der) {
    if (der.length < 8
        || der.length > MAX_LENGTH + 2
        || der[3] < 1
        || 4 + der[3] + 2 >= der.length) {
      return null;
    }
    int second = 4 + der[3] + 2;
    DerSignature read =
        new DerSignature(
            new BigInteger(Arrays.copyOfRange(der, 4, 4 + der[3])),
            new BigInteger(Arrays.copyOfRange(der, second, der.length)));
    // DER has one encoding for each value, so comparing finds every departure from it.
    return Arrays.equals(read.encode(), der) ? read : null;
  }

  private static int integer(byte[] der, int at, byte[] value) {
    der[at] = INTEGER;
    der[at + 1] = (byte) value.length;
    System.arraycopy(value, 0, der, at + 2, value.length);
    return at + 2 + value.length;
  }
}
