package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private final TimerWheel<Integer> queue = new TimerWheel<>();

  private List<TimerWheel.Entry<Integer>> entries(int count) {
    List<TimerWheel.Entry<Integer>> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new TimerWheel.Entry<>(i));
    }
    return entries;
  }

  /** Nobody comes up later than the earliest time that was asked for since the last time. */
  @Property(tries = 500)
  void agreesWithAList(@ForAll Random random) {
    TimerWheel<Integer> queue = new TimerWheel<>();
    int count = 1 + random.nextInt(40);
    List<TimerWheel.Entry<Integer>> entries = entries(count);
    long[] expected = new long[count];
    Arrays.fill(expected, Long.MAX_VALUE);
    // Distances from nanoseconds to hours; clocks may be negative, and pass through zero.
    int bits = 5 + random.nextInt(40);
    long now = random.nextBoolean() ? 0 : random.nextLong() >> random.nextInt(63);
    for (int step = 0; step < 300; step++) {
      int which = random.nextInt(count);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long at = random.nextInt(8) == 0 ? Long.MAX_VALUE : later(now, random, bits) - 3;
          queue.update(entries.get(which), at);
          expected[which] = Math.min(expected[which], at);
        }
        case 2 -> {
          queue.forget(entries.get(which));
          expected[which] = Long.MAX_VALUE;
        }
        default -> {
          now = later(now, random, bits);
          for (Integer due = queue.poll(now); due != null; due = queue.poll(now)) {
            assertTrue(expected[due] <= now, "too early");
            expected[due] = Long.MAX_VALUE;
          }
          for (long left : expected) {
            assertTrue(left > now, "too late");
          }
          assertTrue(queue.next() > now, "whoever sleeps until then has nothing to do before");
        }
      }
      long earliest = Arrays.stream(expected).min().orElseThrow();
      assertTrue(queue.next() <= earliest, "whoever sleeps until then is not too late");
      assertEquals(earliest == Long.MAX_VALUE, queue.next() == Long.MAX_VALUE);
      assertEquals(Arrays.stream(expected).filter(at -> at < Long.MAX_VALUE).count(), queue.size());
    }
  }

  private static long later(long now, Random random, int bits) {
    return now + (random.nextLong() >>> 64 - bits) % (Long.MAX_VALUE / 1000);
  }

  /**
   * Whoever waits for a far time is looked at once on each wheel, and comes up on the nanosecond.
   */
  @Property(tries = 500)
  void comesUpOnTimeAfterFewWakeUps(@ForAll Random random) {
    TimerWheel<Integer> queue = new TimerWheel<>();
    long now = random.nextLong() >> 2;
    queue.poll(now);
    long deadline = now + 1 + (random.nextLong() >>> 3 + random.nextInt(60));
    queue.update(entries(1).getFirst(), deadline);
    int wakeUps = 0;
    for (Integer due = null; due == null; wakeUps++) {
      assertTrue(queue.next() > now);
      now = queue.next();
      due = queue.poll(now);
    }
    assertEquals(deadline, now);
    assertTrue(wakeUps <= 8, wakeUps + " wake-ups");
  }

  @Test
  void givesNobodyWhenNobodyWaits() {
    assertEquals(Long.MAX_VALUE, queue.next());
    assertNull(queue.poll(Long.MAX_VALUE));
  }

  /** 100,000 wait for their idle timeout while one exchanges packets: only that one costs work. */
  @Test
  void thoseWhoWaitCostNothing() {
    assertNull(queue.poll(0), "the wheels now stand where time does");
    List<TimerWheel.Entry<Integer>> idle = entries(100_000);
    for (int i = 0; i < idle.size(); i++) {
      queue.update(idle.get(i), 30_000_000_000L + i);
    }
    TimerWheel.Entry<Integer> busy = new TimerWheel.Entry<>(-1);
    long before = queue.moves();
    int turns = 10_000;
    int due = 0;
    for (long now = 0; now < turns * 100_000L; now += 100_000) {
      queue.update(busy, now + 25_000_000); // each packet moves the probe timeout to later
      while (queue.poll(now) != null) {
        due++;
        queue.update(busy, now + 25_000_000);
      }
    }
    assertEquals(turns / 250 - 1, due, "early entries, put back");
    long perComing = (queue.moves() - before) / due;
    assertTrue(perComing <= 8, perComing + " moves, one for each wheel at most");
    assertEquals(100_001, queue.size(), "and nothing is left behind");
  }
}
