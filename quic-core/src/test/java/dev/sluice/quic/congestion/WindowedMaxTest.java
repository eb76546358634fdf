package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The filter of draft-ietf-ccwg-bbr-06 §5.5.5. */
class WindowedMaxTest {
  private static final long LENGTH = 10;

  private final WindowedMax max = new WindowedMax();

  /** The second is from the window's second quarter, the third from its second half. */
  @Test
  void fallingValuesFollowEachOther() {
    max.update(100, 0, LENGTH);
    max.update(50, 3, LENGTH);
    max.update(40, 6, LENGTH);
    max.update(30, 9, LENGTH);
    assertEquals(100, max.update(25, 10, LENGTH));
    assertEquals(50, max.update(20, 11, LENGTH));
    assertEquals(40, max.update(10, 14, LENGTH));
  }

  @Test
  void aLargerOneCountsAtOnce() {
    max.update(100, 0, LENGTH);
    assertEquals(101, max.update(101, 1, LENGTH));
    assertEquals(101, max.update(1, 11, LENGTH));
    assertEquals(1, max.update(1, 12, LENGTH));
  }
}
