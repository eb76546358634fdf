package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RangeSetTest {
  private static final int SPACE = 120;

  record Step(int kind, int start, int length) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, SPACE - 1),
            Arbitraries.integers().between(0, 25))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 1000)
  void behavesLikeASetOfOffsets(@ForAll("steps") List<Step> steps) {
    RangeSet set = new RangeSet();
    BitSet model = new BitSet();
    for (Step step : steps) {
      int end = Math.min(SPACE, step.start + step.length);
      switch (step.kind) {
        case 0, 1, 2 -> {
          set.add(step.start, end);
          model.set(step.start, end);
        }
        case 3, 4 -> {
          set.remove(step.start, end);
          model.clear(step.start, end);
        }
        default -> {
          if (!set.isEmpty()) {
            model.clear((int) set.firstStart(), (int) set.firstEnd());
            set.removeFirst();
          }
        }
      }
      assertSame(model, set);
    }
  }

  /**
   * Losses and repairs follow each other for as long as a stream lasts, with some gap open always.
   */
  @Test
  void roomIsForWhatIsThereAndNotForWhatWas() {
    RangeSet set = new RangeSet();
    for (long i = 0; i < 100_000; i++) {
      set.add(2 * i, 2 * i + 1);
      if (set.size() > 10) {
        set.removeFirst();
      }
    }
    assertEquals(10, set.size());
    assertTrue(set.room() <= 32, "room for " + set.room());
  }

  private static void assertSame(BitSet model, RangeSet set) {
    assertEquals(model.isEmpty(), set.isEmpty());
    int ranges = 0;
    for (int i = 0; i < SPACE; i++) {
      ranges += model.get(i) && (i == 0 || !model.get(i - 1)) ? 1 : 0;
      assertEquals(Math.min(SPACE, model.nextClearBit(i)), set.firstMissing(i, SPACE));
      int present = model.nextSetBit(i);
      assertEquals(present < 0 ? SPACE : present, set.firstPresent(i, SPACE));
    }
    assertEquals(ranges, set.size());
    if (!model.isEmpty()) {
      assertTrue(set.firstStart() < set.firstEnd());
      assertEquals(model.nextSetBit(0), set.firstStart());
      assertEquals(model.nextClearBit(model.nextSetBit(0)), set.firstEnd());
    }
  }
}
