package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
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
            Arbitraries.integers().between(0, 12), Arbitraries.integers().between(1, 4000))
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  /**
   * The model: which offsets the peer has, and which are to be sent again. Beside it the writer's
   * arrays, which must come home once, and not before nobody needs them.
   */
  private static final class Model {
    final ChunkPool pool = new ChunkPool();
    final SendBuffer buffer = new SendBuffer(pool);
    final Writer writer = new Writer();
    final BitSet acked = new BitSet();
    final BitSet lost = new BitSet();
    final List<Sent> sentAll = new ArrayList<>();
    int written;
    int sent;

    void write(int amount) {
      int n = Math.min(amount, SPACE - written);
      buffer.write(CONTENT, written, n);
      written += n;
    }

    void adopt(int amount) {
      written += writer.hand(buffer, written, Math.min(amount, SPACE - written));
    }

    void send(int amount) {
      int expected = lost.isEmpty() ? sent : lost.nextSetBit(0);
      int most = lost.isEmpty() ? written - sent : lost.nextClearBit(expected) - expected;
      assertEquals(expected, buffer.pendingOffset());
      assertEquals(most, buffer.pendingLength());
      int n = Math.min(most, amount);
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

    void acknowledge(int which) {
      if (!sentAll.isEmpty()) {
        Sent frame = sentAll.get(which % sentAll.size());
        buffer.onAcked(frame.offset, frame.length);
        acked.set((int) frame.offset, (int) frame.offset + frame.length);
        lost.andNot(acked);
      }
    }

    void lose(int which) {
      if (!sentAll.isEmpty()) {
        Sent frame = sentAll.get(which % sentAll.size());
        buffer.onLost(frame.offset, frame.length);
        lost.set((int) frame.offset, (int) frame.offset + frame.length);
        lost.andNot(acked);
      }
    }

    /** Nothing is written afterwards. */
    void truncate(int end) {
      buffer.truncate(end);
      written = Math.min(written, Math.max(sent, end));
      acked.set(Math.min(end, sent), sent);
      lost.andNot(acked);
    }

    void check() {
      int missing = acked.nextClearBit(0);
      assertEquals(written - missing, buffer.buffered());
      assertEquals(acked.cardinality() == written, buffer.isAllAcknowledged());
      assertEquals(!lost.isEmpty(), buffer.hasLost());
      assertEquals(!lost.isEmpty() || sent < written, buffer.hasPending());
      assertEquals(written - sent, buffer.unsent());
      writer.checkHome(missing);
    }
  }

  /** Fills arrays of changing sizes one after the other and hands them over in pieces. */
  private static final class Writer implements ReturnedChunks {
    private static final int[] SIZES = {300, 5000, 1200, 8192};

    /** Where in the stream each array ends that was handed over to its end, and not come home. */
    private final Map<byte[], Integer> away = new IdentityHashMap<>();

    private byte[] array = new byte[SIZES[0]];
    private int used;
    private int made = 1;

    int hand(SendBuffer buffer, int offset, int most) {
      int n = Math.min(most, array.length - used);
      if (n == 0) {
        return 0;
      }
      System.arraycopy(CONTENT, offset, array, used, n);
      byte[] filled = array;
      int from = used;
      used += n;
      if (used == array.length) {
        away.put(filled, offset + n);
        array = new byte[SIZES[made++ % SIZES.length]];
        used = 0;
      }
      buffer.adopt(filled, from, n, filled == array ? null : this);
      return n;
    }

    @Override
    public void give(byte[] chunk) {
      assertTrue(away.remove(chunk) != null, "an array comes home that is not away");
      Arrays.fill(chunk, (byte) 0); // whoever fills it next
    }

    @Override
    public byte[] poll() {
      throw new IllegalStateException();
    }

    /** What lies before the first byte that is still needed is home. */
    void checkHome(int needed) {
      for (int end : away.values()) {
        assertTrue(end > needed, "nobody needs it any more");
      }
    }
  }

  @Property(tries = 2000)
  void sendsWhatAModelWould(@ForAll("steps") List<Step> steps) {
    Model model = new Model();
    for (Step step : steps) {
      take(model, step, true);
    }
    model.buffer.discard();
    assertFalse(model.buffer.hasPending());
    assertEquals(0, model.pool.taken());
    assertTrue(model.writer.away.isEmpty());
  }

  @Property(tries = 1000)
  void givesUpWhatIsNotToBeDelivered(
      @ForAll("steps") List<Step> steps,
      @ForAll("steps") List<Step> then,
      @ForAll @IntRange(max = SPACE) int end) {
    Model model = new Model();
    for (Step step : steps) {
      take(model, step, true);
    }
    model.truncate(Math.min(end, model.written));
    for (Step step : then) {
      take(model, step, false);
    }
    for (int i = 0; i < model.sentAll.size(); i++) {
      model.lose(i);
    }
    model.send(SPACE);
    while (model.buffer.hasPending()) {
      model.send(SPACE);
    }
    for (int i = 0; i < model.sentAll.size(); i++) {
      model.acknowledge(i);
    }
    assertTrue(model.buffer.isAllAcknowledged());
    assertEquals(0, model.pool.taken());
    assertTrue(model.writer.away.isEmpty());
  }

  /** 0-RTT was refused: all of it goes out again, in as far as it is still to be delivered. */
  @Property(tries = 500)
  void startsAnew(@ForAll("steps") List<Step> steps, @ForAll @IntRange(max = SPACE) int size) {
    Model model = new Model();
    for (Step step : steps) {
      if (step.kind < 6 || step.kind > 8) {
        take(model, step, true);
      }
    }
    model.buffer.restart(size);
    model.written = Math.min(model.written, size);
    model.sent = 0;
    model.lost.clear();
    model.sentAll.clear();
    model.check();
    model.write(100);
    model.send(SPACE);
    model.acknowledge(0);
    model.check();
    assertEquals(0, model.pool.taken());
    assertTrue(model.writer.away.isEmpty());
  }

  private static void take(Model model, Step step, boolean writing) {
    switch (step.kind) {
      case 0, 1 -> {
        if (writing) {
          model.write(step.amount);
        }
      }
      case 2, 10, 11, 12 -> {
        if (writing) {
          model.adopt(step.amount);
        }
      }
      case 3, 4, 5 -> model.send(step.amount);
      case 6, 7 -> model.acknowledge(step.amount);
      default -> model.lose(step.amount);
    }
    model.check();
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
