package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ReassemblerTest {
  private static final int SPACE = 5 * ChunkPool.CHUNK / 2;
  private static final byte[] CONTENT = new byte[SPACE];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  /** A segment when {@code read} is 0, else a read of that many bytes. */
  record Step(int offset, int length, int read) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, SPACE - 1),
            Arbitraries.integers().between(0, 6000),
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.just(0)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(1, 9000))))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 1000)
  @Requirement("RFC9000-2.2#1")
  void givesOutWhatAPlainArrayWould(@ForAll("steps") List<Step> steps) {
    ChunkPool pool = new ChunkPool();
    Reassembler reassembler = new Reassembler(pool, SPACE);
    BitSet arrived = new BitSet();
    int read = 0;
    for (Step step : steps) {
      if (step.read == 0) {
        int length = Math.min(step.length, SPACE - step.offset);
        byte[] around = new byte[length + 7];
        System.arraycopy(CONTENT, step.offset, around, 5, length);
        assertTrue(reassembler.insert(step.offset, around, 5, length));
        arrived.set(step.offset, step.offset + length);
      } else {
        int contiguous = arrived.nextClearBit(0) - read;
        byte[] target = new byte[step.read + 3];
        int n = reassembler.read(target, 3, step.read);
        assertEquals(Math.min(contiguous, step.read), n);
        for (int i = 0; i < n; i++) {
          assertEquals(CONTENT[read + i], target[3 + i]);
        }
        read += n;
      }
      assertEquals(arrived.nextClearBit(0), reassembler.contiguousEnd());
      assertEquals(arrived.nextClearBit(0) - read, reassembler.readable());
      assertEquals(read, reassembler.readOffset());
      assertEquals(arrived.length() > arrived.nextClearBit(0), reassembler.hasGap());
    }
    reassembler.discard();
    assertEquals(0, pool.taken());
  }

  private record Piece(byte[] array, int from, int length, int offset) {
    boolean isRight() {
      return Arrays.equals(array, from, from + length, CONTENT, offset, offset + length);
    }
  }

  private static final class Home implements ReturnedChunks {
    final ArrayDeque<byte[]> chunks = new ArrayDeque<>();

    @Override
    public void give(byte[] chunk) {
      Arrays.fill(chunk, (byte) 0xee);
      chunks.add(chunk);
    }

    @Override
    public byte[] poll() {
      return chunks.poll();
    }
  }

  /** Read now and then, taken otherwise; some of what was taken is given back, the rest is kept. */
  @Property(tries = 1000)
  void whatWasTakenDoesNotChange(@ForAll("steps") List<Step> steps, @ForAll boolean giveBack) {
    Home home = new Home();
    ChunkPool pool = new ChunkPool(home);
    Reassembler reassembler = new Reassembler(pool, SPACE);
    List<Piece> kept = new ArrayList<>();
    for (Step step : steps) {
      int at = (int) reassembler.readOffset();
      if (step.read == 0) {
        int length = Math.min(step.length, SPACE - step.offset);
        assertTrue(reassembler.insert(step.offset, CONTENT, step.offset, length));
      } else if (step.length % 4 == 0) {
        byte[] target = new byte[step.read];
        int n = reassembler.read(target, 0, step.read);
        assertTrue(new Piece(target, 0, n, at).isRight());
      } else {
        int[] given = {0};
        int n =
            reassembler.take(
                step.read,
                (array, from, length, back) -> {
                  given[0] = length;
                  Piece piece = new Piece(array, from, length, at);
                  assertTrue(piece.isRight());
                  kept.add(piece);
                  if (back != null && giveBack) {
                    kept.removeIf(one -> one.array == array);
                    back.give(array);
                  }
                });
        assertEquals(given[0], n);
        assertEquals(at + n, reassembler.readOffset());
      }
    }
    reassembler.discard();
    assertEquals(0, pool.taken());
    assertTrue(kept.stream().allMatch(Piece::isRight));
  }

  @Property(tries = 200)
  void discardingStillTellsWhatArrived(@ForAll("steps") List<Step> steps) {
    ChunkPool pool = new ChunkPool();
    Reassembler reassembler = new Reassembler(pool, SPACE);
    BitSet arrived = new BitSet();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      int length = Math.min(step.length, SPACE - step.offset);
      assertTrue(reassembler.insert(step.offset, CONTENT, step.offset, length));
      arrived.set(step.offset, step.offset + length);
      if (i == steps.size() / 2) {
        reassembler.discard();
      }
      assertEquals(arrived.nextClearBit(0), reassembler.contiguousEnd());
      if (i >= steps.size() / 2) {
        assertEquals(0, reassembler.readable());
        assertEquals(0, pool.taken());
      }
    }
  }

  @Test
  void everythingReadLeavesNoStorageBehind() {
    ChunkPool pool = new ChunkPool();
    Reassembler reassembler = new Reassembler(pool, SPACE);
    reassembler.insert(0, CONTENT, 0, 100);
    assertEquals(1, pool.taken());
    assertEquals(100, reassembler.read(new byte[200], 0, 200));
    assertEquals(0, pool.taken());
    reassembler.insert(100, CONTENT, 100, SPACE - 100);
    byte[] rest = new byte[SPACE];
    assertEquals(SPACE - 100, reassembler.read(rest, 100, SPACE));
    System.arraycopy(CONTENT, 0, rest, 0, 100);
    assertArrayEquals(CONTENT, rest);
    assertEquals(0, pool.taken());
  }

  @Test
  void afterTheEndOnlyWhatIsInOrderStays() {
    ChunkPool pool = new ChunkPool();
    Reassembler reassembler = new Reassembler(pool, SPACE);
    reassembler.insert(0, CONTENT, 0, 10);
    reassembler.insert(2 * ChunkPool.CHUNK, CONTENT, 2 * ChunkPool.CHUNK, 10);
    assertEquals(2, pool.taken());
    reassembler.discardBeyondGap();
    assertEquals(1, pool.taken());
    assertFalse(reassembler.hasGap());
    assertEquals(10, reassembler.read(new byte[100], 0, 100));
  }

  @Test
  @Requirement("RFC9000-19.6#1")
  void refusesWhatReachesBeyondTheLimit() {
    Reassembler reassembler = new Reassembler(new ChunkPool(), 1000);
    assertTrue(reassembler.insert(990, CONTENT, 0, 10));
    assertFalse(reassembler.insert(991, CONTENT, 0, 10));
    assertFalse(reassembler.insert((1L << 62) - 1000, CONTENT, 0, 100));
    assertTrue(reassembler.insert(0, CONTENT, 0, 990));
    assertEquals(1000, reassembler.read(new byte[1000], 0, 1000));
    assertTrue(reassembler.insert(1990, CONTENT, 0, 10));
  }

  @Test
  void refusesMoreGapsThanANetworkMakes() {
    Reassembler reassembler = new Reassembler(new ChunkPool(), Integer.MAX_VALUE);
    for (int i = 1; i <= Reassembler.MAX_STRETCHES; i++) {
      assertTrue(reassembler.insert(2L * i, CONTENT, 0, 1));
    }
    assertFalse(reassembler.insert(2L * Reassembler.MAX_STRETCHES + 2, CONTENT, 0, 1));
    assertTrue(reassembler.insert(0, CONTENT, 0, 2), "what fills the first gap is welcome");
    assertEquals(3, reassembler.contiguousEnd());
  }
}
