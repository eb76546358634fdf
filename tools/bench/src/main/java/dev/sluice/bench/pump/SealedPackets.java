package dev.sluice.bench.pump;

import dev.sluice.quic.crypto.HeaderProtection;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;

/**
 * Short-header packets (RFC 9000 §17.3.1) with a connection ID of eight bytes and a packet number
 * of four, sealed with AES-128-GCM, all headers of a flight masked in one call.
 */
final class SealedPackets implements Packets {
  private static final int NUMBER_OFFSET = 9;
  private static final int NUMBER_LENGTH = 4;
  private static final int HEADER = NUMBER_OFFSET + NUMBER_LENGTH;
  private static final int PAYLOAD = SIZE - HEADER - PacketKeys.TAG_LENGTH;

  /** Fixed bit, four bytes of packet number. */
  private static final byte FIRST_BYTE = 0x43;

  private static final int FIRST_BYTE_BITS = 0x1f;

  private final byte[] application = new byte[FLIGHT * PAYLOAD];
  private final PacketKeys sealing = keys();
  private final PacketKeys opening = keys();
  private final byte[] samples = new byte[FLIGHT * HeaderProtection.SAMPLE_LENGTH];
  private final byte[] plaintext = new byte[SIZE];
  private int next;

  private static PacketKeys keys() {
    CipherSuite suite = CipherSuite.TLS_AES_128_GCM_SHA256;
    return PacketKeys.of(QuicVersion.V1, suite, new byte[suite.hashLength()]);
  }

  @Override
  public int payload() {
    return PAYLOAD;
  }

  @Override
  public void build(byte[] buffer, int offset, int count) {
    for (int i = 0; i < count; i++) {
      int at = offset + i * SIZE;
      int number = next++;
      buffer[at] = FIRST_BYTE;
      for (int b = 0; b < NUMBER_LENGTH; b++) {
        buffer[at + NUMBER_OFFSET + b] = (byte) (number >>> 8 * (NUMBER_LENGTH - 1 - b));
      }
      System.arraycopy(application, i * PAYLOAD, buffer, at + HEADER, PAYLOAD);
      sealing.seal(buffer, at, HEADER, PAYLOAD, number);
      System.arraycopy(
          buffer,
          at + NUMBER_OFFSET + HeaderProtection.SAMPLE_OFFSET,
          samples,
          i * HeaderProtection.SAMPLE_LENGTH,
          HeaderProtection.SAMPLE_LENGTH);
    }
    sealing.headerProtection().masks(samples, count, samples);
    for (int i = 0; i < count; i++) {
      int at = offset + i * SIZE;
      int mask = i * HeaderProtection.SAMPLE_LENGTH;
      buffer[at] ^= (byte) (samples[mask] & FIRST_BYTE_BITS);
      for (int b = 0; b < NUMBER_LENGTH; b++) {
        buffer[at + NUMBER_OFFSET + b] ^= samples[mask + 1 + b];
      }
    }
  }

  @Override
  public int open(byte[] buffer, int offset, int length, byte[] target) {
    if (length != SIZE) {
      return -1;
    }
    opening.unprotectHeader(buffer, offset, offset + NUMBER_OFFSET, offset + length);
    int number = 0;
    for (int b = 0; b < NUMBER_LENGTH; b++) {
      number = number << 8 | buffer[offset + NUMBER_OFFSET + b] & 0xff;
    }
    int opened = opening.open(buffer, offset, HEADER, length - HEADER, number, plaintext);
    if (opened > 0) {
      System.arraycopy(plaintext, 0, target, 0, opened);
    }
    return opened;
  }
}
