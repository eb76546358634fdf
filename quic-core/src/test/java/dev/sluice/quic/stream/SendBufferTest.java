package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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

class SendBufferTest {
  private static final int SPACE = 5 * ChunkPool.CHUNK / 2;
  private static final byte[] CONTENT = new byte[SPACE];

  static {
    new Random(2).nextBytes(CONTENT);
  }

  record Step(int kind, int amount) {}

  private record Sent(long offset, int length) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9), Arbitraries.integers().between(1, 4000))
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  /** The model: which offsets the peer has, and which are to be sent again. */
  @Property(tries = 1000)
  void sendsWhatAModelWould(@ForAll("steps") List<Step> steps) {
    ChunkPool pool = new ChunkPool();
    SendBuffer buffer = new SendBuffer(pool);
    BitSet acked = new BitSet();
    BitSet lost = new BitSet();
    int written = 0;
    int sent = 0;
    List<Sent> sentAll = new ArrayList<>();
    for (Step step : steps) {
      switch (step.kind) {
        case 0, 1, 2 -> {
          int n = Math.min(step.amount, SPACE - written);
          buffer.write(CONTENT, written, n);
          written += n;
        }
        case 3, 4, 5 -> {
          int expected = lost.isEmpty() ? sent : lost.nextSetBit(0);
          int most = lost.isEmpty() ? written - sent : lost.nextClearBit(expected) - expected;
          assertEquals(expected, buffer.pendingOffset());
          assertEquals(most, buffer.pendingLength());
          int n = Math.min(most, step.amount);
          if (n > 0) {
            byte[] out = new byte[n + 2];
            buffer.send(n, out, 1);
            for (int i = 0; i < n; i++) {
              assertEquals(CONTENT[expected + i], out[1 + i]);
            }
            sentAll.add(new Sent(expected, n));
            lost.clear(expected, expected + n);
            sent = Math.max(sent, expected + n);
          }
        }
        case 6, 7 -> {
          if (!sentAll.isEmpty()) {
            Sent frame = sentAll.get(step.amount % sentAll.size());
            buffer.onAcked(frame.offset, frame.length);
            acked.set((int) frame.offset, (int) frame.offset + frame.length);
            lost.clear((int) frame.offset, (int) frame.offset + frame.length);
          }
        }
        default -> {
          if (!sentAll.isEmpty()) {
            Sent frame = sentAll.get(step.amount % sentAll.size());
            buffer.onLost(frame.offset, frame.length);
            lost.set((int) frame.offset, (int) frame.offset + frame.length);
            lost.andNot(acked);
          }
        }
      }
      assertEquals(written - acked.nextClearBit(0), buffer.buffered());
      assertEquals(acked.cardinality() == written, buffer.isAllAcknowledged());
      assertEquals(!lost.isEmpty(), buffer.hasLost());
      assertEquals(!lost.isEmpty() || sent < written, buffer.hasPending());
      assertEquals(written - sent, buffer.unsent());
    }
    buffer.discard();
    assertFalse(buffer.hasPending());
    assertEquals(0, pool.taken());
  }

  @Test
  void storageGoesAsTheAcknowledgementsCome() {
    ChunkPool pool = new ChunkPool();
    SendBuffer buffer = new SendBuffer(pool);
    buffer.write(CONTENT, 0, SPACE);
    assertEquals(3, pool.taken());
    byte[] out = new byte[SPACE];
    buffer.send(SPACE, out, 0);
    assertArrayEquals(CONTENT, out);
    buffer.onAcked(ChunkPool.CHUNK, ChunkPool.CHUNK);
    assertEquals(3, pool.taken());
    buffer.onAcked(0, ChunkPool.CHUNK);
    assertEquals(1, pool.taken());
    buffer.onAcked(2 * ChunkPool.CHUNK, SPACE - 2 * ChunkPool.CHUNK);
    assertEquals(0, pool.taken());
    assertTrue(buffer.isAllAcknowledged());
  }

  @Test
  void takesEverythingInFlightForLostOnRequest() {
    SendBuffer buffer = new SendBuffer(new ChunkPool());
    buffer.write(CONTENT, 0, 100);
    buffer.send(60, new byte[60], 0);
    buffer.onAcked(10, 5);
    buffer.onAllLost();
    assertEquals(0, buffer.pendingOffset());
    assertEquals(10, buffer.pendingLength());
    buffer.send(10, new byte[10], 0);
    assertEquals(15, buffer.pendingOffset());
    assertEquals(45, buffer.pendingLength());
  }
}
