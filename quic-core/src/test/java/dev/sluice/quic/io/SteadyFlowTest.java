package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.quic.stream.ReturnedChunks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is used again in a {@link ByteQueue} whose two ends keep up with each other. */
class SteadyFlowTest {

  /** Whoever keeps up uses the same arrays and links again and again. */
  @Test
  void aSteadyFlowMakesNoGarbage() {
    ReturnedChunks spares = new ChunkReturn(8);
    ByteQueue queue = new ByteQueue(1 << 18, spares);
    byte[] data = new byte[1 << 18];
    ByteQueue.Adopter keepingUp =
        (array, from, length, home) -> {
          if (home != null) {
            home.give(array);
          }
          return length;
        };
    long each =
        allocated(
            () -> {
              assertEquals(data.length, queue.write(data, 0, data.length));
              assertTrue(queue.handTo(keepingUp));
            });
    assertTrue(each < 64, each + " bytes for each round of four arrays");
  }

  /** Few bytes between many that were lent are copied, each time to the same array. */
  @Test
  void remaindersOfWhatIsLentMakeNoArrays() {
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(8));
    byte[] lent = new byte[100_000];
    ByteQueue.Adopter keepingUp = (array, from, length, home) -> length;
    long each =
        allocated(
            () -> {
              assertEquals(lent.length, queue.lend(lent, 0, lent.length));
              assertEquals(1000, queue.lend(lent, 0, 1000));
              assertTrue(queue.handTo(keepingUp));
            });
    assertTrue(each < 64, each + " bytes for each remainder");
  }

  /** Links are used again, however many wait at a time. */
  @Test
  void aSteadyFlowOfManyPiecesMakesNoLinks() {
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(8));
    byte[][] pieces = new byte[50][1];
    int[] next = {0};
    ByteQueue.Source source =
        (most, to) -> {
          if (next[0] == pieces.length) {
            return 0;
          }
          to.take(pieces[next[0]++], 0, 1, null);
          return 1;
        };
    long each =
        allocated(
            () -> {
              next[0] = 0;
              assertEquals(0, queue.fill(source));
              queue.clear();
            });
    assertTrue(each < 64, each + " bytes for each fifty pieces");
  }

  /** Bytes for each of a thousand times, after a thousand. */
  private static long allocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int round = 0; round < 2_000; round++) {
      if (round == 1_000) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      work.run();
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
  }

  /** What a file's bytes cost is a view of each array and no array. */
  @Test
  void aSteadyFlowThatIsFilledInMakesNoArrays() throws IOException {
    ByteQueue queue = new ByteQueue(1 << 18, new ChunkReturn(8));
    ByteQueue.Adopter keepingUp =
        (array, from, length, home) -> {
          if (home != null) {
            home.give(array);
          }
          return length;
        };
    ByteQueue.Filler filler =
        room -> {
          int n = room.remaining();
          room.position(room.limit());
          return n;
        };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int round = 0; round < 2_000; round++) {
      if (round == 1_000) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      for (int i = 0; i < 16; i++) {
        assertEquals(1 << 16, queue.write(filler, Long.MAX_VALUE));
        assertTrue(queue.handTo(keepingUp));
      }
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
    assertTrue(each < 4096, each + " bytes for each MiB");
  }

  /** However many links waited once, not many are kept for another time. */
  @Test
  void aQueueThatWasLongKeepsFewLinks() {
    ByteQueue queue = new ByteQueue(1 << 20, new ChunkReturn(16));
    int[] left = {5_000};
    queue.fill(
        (most, to) -> {
          if (left[0]-- == 0) {
            return 0;
          }
          to.take(new byte[1], 0, 1, null);
          return 1;
        });
    queue.clear();
    assertTrue(queue.idleLinks() <= 64, queue.idleLinks() + " links");
    byte[] data = new byte[100_000];
    new Random(4).nextBytes(data);
    byte[] back = new byte[data.length];
    for (int round = 0; round < 200; round++) {
      assertEquals(data.length, queue.write(data, 0, data.length));
      assertEquals(data.length, queue.read(back, 0, back.length));
      assertArrayEquals(data, back);
      assertTrue(queue.idleLinks() <= 64, queue.idleLinks() + " links");
    }
  }
}
