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

class DeadlineQueueTest {
  private final DeadlineQueue<Integer> queue = new DeadlineQueue<>();

  private List<DeadlineQueue.Entry<Integer>> entries(int count) {
    List<DeadlineQueue.Entry<Integer>> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new DeadlineQueue.Entry<>(i));
    }
    return entries;
  }

  /** Nobody comes up later than the earliest time that was asked for since the last time. */
  @Property(tries = 300)
  void agreesWithAList(@ForAll Random random) {
    DeadlineQueue<Integer> queue = new DeadlineQueue<>();
    int count = 1 + random.nextInt(40);
    List<DeadlineQueue.Entry<Integer>> entries = entries(count);
    long[] expected = new long[count];
    Arrays.fill(expected, Long.MAX_VALUE);
    long now = 0;
    for (int step = 0; step < 300; step++) {
      int which = random.nextInt(count);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long at = random.nextInt(8) == 0 ? Long.MAX_VALUE : now + random.nextInt(100);
          queue.update(entries.get(which), at);
          expected[which] = Math.min(expected[which], at);
        }
        case 2 -> {
          queue.forget(entries.get(which));
          expected[which] = Long.MAX_VALUE;
        }
        default -> {
          now += random.nextInt(60);
          for (Integer due = queue.poll(now); due != null; due = queue.poll(now)) {
            long earliest = Arrays.stream(expected).min().orElseThrow();
            assertEquals(earliest, expected[due]);
            expected[due] = Long.MAX_VALUE;
          }
          for (long left : expected) {
            assertTrue(left > now);
          }
        }
      }
      assertEquals(Arrays.stream(expected).min().orElseThrow(), queue.next());
    }
  }

  @Test
  void givesNobodyWhenNobodyWaits() {
    assertEquals(Long.MAX_VALUE, queue.next());
    assertNull(queue.poll(Long.MAX_VALUE));
  }

  /** 100,000 wait for their idle timeout while one exchanges packets: only that one costs work. */
  @Test
  void thoseWhoWaitCostNothing() {
    List<DeadlineQueue.Entry<Integer>> idle = entries(100_000);
    for (int i = 0; i < idle.size(); i++) {
      queue.update(idle.get(i), 30_000_000_000L + i);
    }
    DeadlineQueue.Entry<Integer> busy = new DeadlineQueue.Entry<>(-1);
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
    assertTrue(perComing < 60, perComing + " moves, some times the logarithm of all");
    assertEquals(100_001, queue.size(), "and nothing is left behind");
  }
}
