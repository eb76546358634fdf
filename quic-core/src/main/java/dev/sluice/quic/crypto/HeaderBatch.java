package dev.sluice.quic.crypto;

import dev.sluice.quic.packet.FirstByte;
import java.util.Arrays;

/**
 * The header protection of many 1-RTT packets that lie in one array, put on or taken off in one
 * call of the cipher: an AES block that is encrypted along with many others costs a small part of
 * one alone (RFC 9001 §5.4). Used flight after flight; not safe for several threads.
 */
public final class HeaderBatch {
  /** What one system call takes or brings with segmentation offload. */
  private static final int USUAL = 64;

  private int[] starts = {};
  private int[] numberOffsets = {};
  private byte[] samples = {};
  private byte[] masks = {};
  private int count;

  /**
   * Notes a packet.
   *
   * @param start the index of its first byte
   * @param numberOffset the index of its packet number, from which on there are at least 20 bytes
   */
  public void add(int start, int numberOffset) {
    if (count == starts.length) {
      grow();
    }
    starts[count] = start;
    numberOffsets[count] = numberOffset;
    count++;
  }

  /** Protects the headers of the sealed packets that were noted, and forgets the packets. */
  public void protect(byte[] buffer, HeaderProtection key) {
    makeMasks(buffer, key);
    for (int i = 0; i < count; i++) {
      int numberLength = FirstByte.packetNumberLength(buffer[starts[i]]);
      applyMask(buffer, i, numberLength);
    }
    count = 0;
  }

  /** Takes the protection off the packets that were noted, and forgets the packets. */
  public void unprotect(byte[] buffer, HeaderProtection key) {
    makeMasks(buffer, key);
    for (int i = 0; i < count; i++) {
      int firstByte = buffer[starts[i]] ^ masks[i * HeaderProtection.SAMPLE_LENGTH];
      applyMask(buffer, i, FirstByte.packetNumberLength(firstByte));
    }
    count = 0;
  }

  private void makeMasks(byte[] buffer, HeaderProtection key) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          buffer,
          numberOffsets[i] + HeaderProtection.SAMPLE_OFFSET,
          samples,
          i * HeaderProtection.SAMPLE_LENGTH,
          HeaderProtection.SAMPLE_LENGTH);
    }
    if (count > 0) {
      key.masks(samples, count, masks);
    }
  }

  private void applyMask(byte[] buffer, int packet, int numberLength) {
    int start = starts[packet];
    int mask = packet * HeaderProtection.SAMPLE_LENGTH;
    buffer[start] ^= (byte) (masks[mask] & FirstByte.protectedBits(buffer[start]));
    for (int i = 0; i < numberLength; i++) {
      buffer[numberOffsets[packet] + i] ^= masks[mask + 1 + i];
    }
  }

  private void grow() {
    int capacity = Math.max(USUAL, 2 * count);
    starts = Arrays.copyOf(starts, capacity);
    numberOffsets = Arrays.copyOf(numberOffsets, capacity);
    samples = new byte[capacity * HeaderProtection.SAMPLE_LENGTH];
    masks = new byte[capacity * HeaderProtection.SAMPLE_LENGTH];
  }
}
