package dev.sluice.tls.handshake;

import java.util.random.RandomGenerator;

/**
 * Reserved values for things that do not exist (RFC 8701 §2), put into a ClientHello so that
 * servers stay used to ignoring what they do not know. Drawn once for a connection: a second
 * ClientHello must repeat the first.
 *
 * @param firstExtension an empty extension at the front
 * @param lastExtension another one near the end
 * @param pskMode a reserved psk_key_exchange_mode
 */
record Grease(
    int cipherSuite,
    int group,
    int version,
    int signatureScheme,
    int firstExtension,
    int lastExtension,
    int pskMode) {

  static Grease draw(RandomGenerator random) {
    int first = random.nextInt(16);
    // No extension may stand twice.
    int last = (first + 1 + random.nextInt(15)) % 16;
    return new Grease(
        value(random.nextInt(16)),
        value(random.nextInt(16)),
        value(random.nextInt(16)),
        value(random.nextInt(16)),
        value(first),
        value(last),
        0x0b + 0x1f * random.nextInt(8));
  }

  /** 0x0A0A, 0x1A1A, to 0xFAFA. */
  private static int value(int index) {
    return 0x0a0a + 0x1010 * index;
  }
}
