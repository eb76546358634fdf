package dev.sluice.tls.psk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StrikeRegisterTest {
  private static final Duration FRESHNESS = Duration.ofSeconds(10);

  private long millis = 1_780_000_000_000L;

  private StrikeRegister register(int capacity, boolean sharedTickets) {
    return new StrikeRegister(
        FRESHNESS, capacity, sharedTickets, new Random(1), () -> Instant.ofEpochMilli(millis));
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(32).putInt(number).array();
  }

  @Test
  @Requirement({"RFC8446-8#3", "RFC9001-9.2#1"})
  void aHandshakePassesOnceForAsLongAsAReplayOfItWouldPassForFresh() {
    StrikeRegister register = register(64, false);
    assertTrue(register.admit(key(1)));
    for (int second = 0; second <= 20; second++) {
      assertFalse(register.admit(key(1)), "after " + second + " seconds");
      millis += 1_000;
    }
    millis += 20_000;
    assertTrue(register.admit(key(1)), "its age is wrong by now, so that TLS asks no more");
  }

  /** Model: the moments at which keys were admitted. Nothing within twice the freshness twice. */
  @Property(tries = 200)
  void neverTwiceWithinTheWindowWhateverTheOrder(@ForAll long seed) {
    RandomGenerator random = new Random(seed);
    StrikeRegister register = register(64, false);
    Map<Integer, Long> admitted = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      millis += random.nextInt(2_000);
      int number = random.nextInt(40);
      boolean yes = register.admit(key(number));
      Long before = admitted.get(number);
      if (yes) {
        assertTrue(before == null || millis - before > 20_000, "key " + number);
        admitted.put(number, millis);
      }
    }
    assertTrue(admitted.size() > 20, "most are admitted: " + admitted.size());
  }

  @Test
  @Requirement("RFC8446-8.2#1")
  void aFullRegisterRefuses() {
    StrikeRegister register = register(64, false);
    int admitted = 0;
    for (int i = 0; i < 10_000; i++) {
      admitted += register.admit(key(i)) ? 1 : 0;
    }
    assertEquals(64, admitted);
    for (int i = 0; i < 10_000; i++) {
      assertFalse(register.admit(key(i)));
    }
    millis += 40_000;
    assertTrue(register.admit(key(3)));
  }

  @Test
  @Requirement("RFC8446-8.2#3")
  void aFreshRegisterForSharedTicketsWaitsUntilItKnowsTheRecentPast() {
    StrikeRegister register = register(64, true);
    assertFalse(register.admit(key(1)));
    millis += 19_999;
    assertFalse(register.admit(key(2)));
    millis += 1;
    assertTrue(register.admit(key(2)));
    assertTrue(register(64, false).admit(key(1)));
  }

  @Test
  void aClockThatIsSetBackMakesNoReplayNew() {
    StrikeRegister register = register(64, false);
    assertTrue(register.admit(key(1)));
    millis -= Duration.ofMinutes(50).toMillis();
    assertFalse(register.admit(key(1)));
  }

  @Test
  void ofManyThreadsWithTheSameHandshakeAtMostOnePasses() throws Exception {
    StrikeRegister register = register(1 << 12, false);
    int rounds = 500;
    Thread[] threads = new Thread[4];
    AtomicInteger[] passed = new AtomicInteger[rounds];
    for (int i = 0; i < rounds; i++) {
      passed[i] = new AtomicInteger();
    }
    CyclicBarrier start = new CyclicBarrier(threads.length);
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < rounds; i++) {
                      try {
                        start.await();
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                      if (register.admit(key(i))) {
                        passed[i].incrementAndGet();
                      }
                    }
                  });
    }
    int all = 0;
    for (Thread thread : threads) {
      thread.join();
    }
    for (AtomicInteger one : passed) {
      assertTrue(one.get() <= 1);
      all += one.get();
    }
    assertTrue(all > rounds / 2, "refused when in doubt, which is seldom: " + all);
  }
}
