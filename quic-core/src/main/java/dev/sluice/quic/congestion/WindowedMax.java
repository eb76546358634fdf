package dev.sluice.quic.congestion;

/**
 * The largest value within a window of time that moves on, in constant space: the best, and the
 * second and third best of what came after it, so that there is a successor when the best one gets
 * too old (Kathleen Nichols' filter, draft-ietf-ccwg-bbr-06 §5.5.5). Exact as long as values rise
 * or the window is not full of falling ones; otherwise never too large.
 */
final class WindowedMax {
  private final long[] values = new long[3];
  private final long[] times = new long[3];

  /**
   * Takes a value.
   *
   * @param time at least that of the last value
   * @param length the window, in the same unit
   * @return the maximum with it
   */
  long update(long value, long time, long length) {
    if (value >= values[0] || time - times[2] > length) {
      for (int i = 0; i < 3; i++) {
        set(i, value, time);
      }
      return value;
    }
    if (value >= values[1]) {
      set(1, value, time);
      set(2, value, time);
    } else if (value >= values[2]) {
      set(2, value, time);
    }
    age(value, time, length);
    return values[0];
  }

  private void age(long value, long time, long length) {
    if (time - times[0] > length) {
      set(0, values[1], times[1]);
      set(1, values[2], times[2]);
      set(2, value, time);
      if (time - times[0] > length) {
        set(0, values[1], times[1]);
        set(1, values[2], times[2]);
      }
    } else if (times[1] == times[0] && time - times[1] > length / 4) {
      // A quarter of the window went by without a second best: take one from the second quarter.
      set(1, value, time);
      set(2, value, time);
    } else if (times[2] == times[1] && time - times[0] > length / 2) {
      set(2, value, time);
    }
  }

  private void set(int place, long value, long time) {
    values[place] = value;
    times[place] = time;
  }
}
