package dev.sluice.qpack;

import java.util.Arrays;

/**
 * Finds one of a fixed set of 32-bit hashes with one multiplication and one probe: a multiplier is
 * sought, once, under which no two of them share a slot.
 */
final class PerfectHash {
  private static final int GOLDEN = 0x9e3779b1;

  private final short[] slots;
  private final int multiplier;
  private final int shift;

  /**
   * @param hashes distinct; a few hundred at most
   */
  PerfectHash(int[] hashes) {
    // Eight slots a key: about one multiplier in a few hundred then separates them all.
    int bits = 32 - Integer.numberOfLeadingZeros(hashes.length * 8 - 1);
    shift = 32 - bits;
    slots = new short[1 << bits];
    int candidate = GOLDEN;
    while (!place(hashes, candidate)) {
      candidate += 2 * GOLDEN; // stays odd
    }
    multiplier = candidate;
  }

  /** The place in the set of the only key that can have this hash, or -1; the caller compares. */
  int find(int hash) {
    return slots[hash * multiplier >>> shift];
  }

  private boolean place(int[] hashes, int candidate) {
    Arrays.fill(slots, (short) -1);
    for (int i = 0; i < hashes.length; i++) {
      int slot = hashes[i] * candidate >>> shift;
      if (slots[slot] >= 0) {
        return false;
      }
      slots[slot] = (short) i;
    }
    return true;
  }
}
