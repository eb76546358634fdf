package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.quic.stream.ReturnedChunks;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipesTest {

  private static final Runnable NOTHING = () -> {};

  @Test
  void queueGivesBackWhatWentInAndHoldsItsBound() {
    Random random = new Random(1);
    ByteQueue queue = new ByteQueue(200_000);
    byte[] data = new byte[3_000_000];
    random.nextBytes(data);
    byte[] back = new byte[data.length];
    int in = 0;
    int out = 0;
    while (out < data.length) {
      in += queue.write(data, in, Math.min(random.nextInt(150_000), data.length - in));
      assertTrue(queue.size() <= 200_000);
      assertEquals(in - out, queue.size());
      if (random.nextBoolean()) {
        out += queue.read(back, out, Math.min(random.nextInt(150_000), back.length - out));
      } else {
        ByteBuffer taken = queue.take();
        if (taken != null) {
          int n = taken.remaining();
          taken.get(back, out, n);
          out += n;
        }
      }
    }
    assertArrayEquals(data, back);
    assertNull(queue.take());
  }

  @Test
  void queueDrainsIntoASinkThatTakesLittle() {
    ByteQueue queue = new ByteQueue(1 << 20);
    byte[] data = new byte[100_000];
    new Random(2).nextBytes(data);
    assertEquals(data.length, queue.write(data, 0, data.length));
    byte[] back = new byte[data.length];
    int[] out = {0};
    ByteQueue.Sink sink =
        (source, offset, length) -> {
          int n = Math.min(length, 777);
          System.arraycopy(source, offset, back, out[0], n);
          out[0] += n;
          return n;
        };
    int rounds = 0;
    while (!queue.drainTo(sink)) {
      rounds++;
    }
    assertTrue(rounds > 100);
    assertArrayEquals(data, back);
  }

  /** What was handed over stays as it is, and is filled again only when it has come back. */
  @Test
  void arraysThatWereHandedOverAreFilledAgainOnceTheyComeBack() {
    Random random = new Random(3);
    ByteQueue queue = new ByteQueue(300_000);
    byte[] data = new byte[6_000_000];
    random.nextBytes(data);
    Set<byte[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    record Piece(byte[] array, int from, int at, int length, ReturnedChunks home) {}
    ArrayDeque<Piece> held = new ArrayDeque<>();
    int[] out = {0};
    ByteQueue.Adopter adopter =
        (array, from, length, home) -> {
          int n = random.nextInt(length + 1);
          seen.add(array);
          held.add(new Piece(array, from, out[0], n, n == length ? home : null));
          out[0] += n;
          return n;
        };
    for (int in = 0; out[0] < data.length; ) {
      in += queue.write(data, in, Math.min(random.nextInt(90_000), data.length - in));
      queue.handTo(adopter);
      while (held.size() > 4) {
        Piece piece = held.poll();
        assertArrayEquals(
            Arrays.copyOfRange(data, piece.at, piece.at + piece.length),
            Arrays.copyOfRange(piece.array, piece.from, piece.from + piece.length));
        if (piece.home != null) {
          piece.home.give(piece.array);
        }
      }
    }
    assertTrue(seen.size() < 40, seen.size() + " arrays for what fits into 92");
  }

  /** Where each wake-up finds the pipe empty again more is written at a time, up to a bound. */
  @Test
  void anOutboundPipeGrowsOnlyWhereItRunsEmpty() throws Exception {
    OutboundPipe fast = new OutboundPipe(1000, 1, NOTHING);
    OutboundPipe slow = new OutboundPipe(1000, 1, NOTHING);
    byte[] data = new byte[10_000];
    for (int i = 0; i < 200; i++) {
      fast.offer(data, 0, data.length);
      fast.whenWritable(NOTHING);
      assertEquals(
          OutboundPipe.Drained.PIPE_EMPTY, fast.hand((array, from, length, home) -> length));
      slow.offer(data, 0, data.length);
      slow.whenWritable(NOTHING);
      assertEquals(
          OutboundPipe.Drained.SINK_FULL,
          slow.drain((source, offset, length) -> Math.min(length, 200)));
    }
    assertEquals(4000, fast.offer(data, 0, data.length));
    slow.offer(data, 0, data.length);
    assertEquals(1000, slow.buffered());
  }

  /** Of what somebody took for good, no array comes back. */
  @Test
  void whatWasTakenIsNotHandedOverWithAHome() {
    ByteQueue queue = new ByteQueue(1 << 20);
    byte[] data = new byte[1 << 18];
    queue.write(data, 0, data.length);
    while (queue.take().array().length < 1 << 16) {
      // up to the first array of the largest size
    }
    queue.write(data, 0, 1000);
    List<ReturnedChunks> homes = new ArrayList<>();
    queue.handTo(
        (array, from, length, home) -> {
          homes.add(home);
          return length;
        });
    assertTrue(homes.getFirst() != null);
    assertNull(homes.getLast());
  }

  /** Arrays that were read to their end go home, those that somebody has taken do not. */
  @Test
  void arraysGoHomeWhenNobodyNeedsThem() {
    ChunkReturn home = new ChunkReturn(128);
    ByteQueue queue = new ByteQueue(1 << 20);
    byte[][] arrays = {new byte[100], new byte[100], new byte[100], new byte[100]};
    int[] next = {0};
    queue.fill(
        (most, to) -> {
          int i = next[0]++;
          if (i == 8) {
            return 0;
          }
          to.take(arrays[i / 2], 50 * (i % 2), 50, i % 2 == 0 ? null : home);
          return 50;
        });
    assertEquals(400, queue.size());
    byte[] target = new byte[400];
    assertEquals(50, queue.read(target, 0, 50));
    assertNull(home.poll());
    assertEquals(50, queue.read(target, 0, 50));
    assertSame(arrays[0], home.poll());
    assertSame(arrays[1], queue.take().array());
    assertNull(home.poll());
    List<ByteBuffer> seen = new ArrayList<>();
    assertEquals(200, queue.peek(9, seen));
    assertEquals(2, seen.size());
    queue.skip(150);
    assertSame(arrays[2], home.poll());
    assertNull(home.poll());
    queue.clear();
    assertSame(arrays[3], home.poll());
    assertEquals(0, queue.size());
  }

  @Test
  void anArrayOfWhichSomethingWasTakenIsNotUsedAgain() {
    ChunkReturn home = new ChunkReturn(128);
    ByteQueue queue = new ByteQueue(1 << 20);
    byte[] array = new byte[100];
    int[] next = {0};
    ByteQueue.Source source =
        (most, to) -> {
          if (next[0] % 2 == 1) {
            next[0]++;
            return 0;
          }
          to.take(array, 25 * next[0], 50, next[0] == 0 ? null : home);
          next[0]++;
          return 50;
        };
    queue.fill(source);
    assertEquals(50, queue.take().remaining());
    queue.fill(source);
    queue.clear();
    assertNull(home.poll());
  }

  @Test
  void aRingThatIsFullForgetsWhatDoesNotFit() {
    ChunkReturn home = new ChunkReturn(128);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1000; i++) {
        home.give(new byte[] {(byte) round});
      }
      int back = 0;
      for (byte[] one = home.poll(); one != null; one = home.poll()) {
        assertEquals(round, one[0]);
        back++;
      }
      assertEquals(128, back);
    }
  }

  /** Whatever threads give and take at once, an array has one owner at a time. */
  @Test
  @Timeout(60)
  void noArrayIsTakenTwice() throws Exception {
    ChunkReturn ring = new ChunkReturn(4);
    AtomicInteger madeNew = new AtomicInteger();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      threads.add(done);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                for (int round = 0; round < 100_000 && !done.isDone(); round++) {
                  byte[] one = ring.poll();
                  if (one == null) {
                    madeNew.incrementAndGet();
                    one = new byte[1];
                  }
                  if (one[0] != 0) {
                    done.completeExceptionally(new AssertionError("somebody else has it too"));
                  }
                  one[0] = 1;
                  Thread.onSpinWait();
                  one[0] = 0;
                  ring.give(one);
                }
                done.complete(null);
              });
    }
    CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get();
    assertTrue(madeNew.get() < 200_000, madeNew + " of 400,000 were made anew");
  }

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
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int round = 0; round < 2_000; round++) {
      if (round == 1_000) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      assertEquals(data.length, queue.write(data, 0, data.length));
      assertTrue(queue.handTo(keepingUp));
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
    assertTrue(each < 64, each + " bytes for each round of four arrays");
  }

  /** A loop thread in miniature: tasks in order on one thread. */
  private static final class Loop implements AutoCloseable {
    final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    final AtomicInteger executed = new AtomicInteger();
    final Thread thread = Thread.ofPlatform().daemon().start(this::run);

    void execute(Runnable task) {
      tasks.add(task);
    }

    private void run() {
      try {
        while (true) {
          tasks.take().run();
          executed.incrementAndGet();
        }
      } catch (InterruptedException e) {
        // closed
      }
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  @Test
  void inboundCarriesEverythingThenEndsAndWakesTheLoopSeldom() throws Exception {
    long total = 64L << 20;
    try (Loop loop = new Loop()) {
      Random random = new Random(3);
      CRC32C sent = new CRC32C();
      long[] left = {total};
      InboundPipe[] pipe = new InboundPipe[1];
      ByteQueue.Source source =
          (most, to) -> {
            if (left[0] == 0) {
              return -1;
            }
            int n = (int) Math.min(left[0], most);
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            sent.update(bytes);
            to.take(bytes, 0, n, null);
            left[0] -= n;
            return n;
          };
      Runnable fill =
          () -> {
            if (pipe[0].fill(source) == InboundPipe.Filled.SOURCE_ENDED) {
              pipe[0].end();
            }
          };
      pipe[0] = new InboundPipe(1 << 20, () -> loop.execute(fill), NOTHING);
      loop.execute(fill);
      CRC32C received = new CRC32C();
      long count = 0;
      byte[] buffer = new byte[100_000];
      try (InputStream in = pipe[0].stream()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          received.update(buffer, 0, n);
          count += n;
          assertTrue(pipe[0].buffered() <= 1 << 20);
        }
        assertEquals(-1, in.read());
      }
      assertEquals(total, count);
      assertEquals(sent.getValue(), received.getValue());
      // Half of the pipe at least is moved for each wake-up.
      assertTrue(loop.executed.get() <= 2 * (total >> 20) + 2, () -> loop.executed.toString());
    }
  }

  @Test
  void inboundGivesTheBytesBeforeTheFailureAndTheFailureEachTime() throws Exception {
    InboundPipe pipe = new InboundPipe(1000, NOTHING, NOTHING);
    byte[] data = {1, 2, 3};
    int[] calls = {0};
    assertEquals(
        InboundPipe.Filled.SOURCE_ENDED,
        pipe.fill(
            (most, to) -> {
              if (calls[0]++ > 0) {
                return -1;
              }
              to.take(data, 0, 3, null);
              return 3;
            }));
    IOException cause = new IOException("cut");
    pipe.fail(() -> cause);
    pipe.end(); // only the first counts
    assertArrayEquals(data, pipe.stream().readNBytes(3));
    assertSame(cause, assertThrows(IOException.class, () -> pipe.stream().read()));
    assertSame(cause, assertThrows(IOException.class, () -> pipe.stream().read()));
  }

  @Test
  void closingTheInboundStreamEarlyAbandonsOnceAndAfterTheEndNever() throws Exception {
    AtomicInteger abandoned = new AtomicInteger();
    InboundPipe early = new InboundPipe(1000, NOTHING, abandoned::incrementAndGet);
    early.stream().close();
    early.stream().close();
    assertEquals(1, abandoned.get());
    assertEquals(InboundPipe.Filled.ABANDONED, early.fill((most, to) -> 0));
    assertThrows(IOException.class, () -> early.stream().read());

    InboundPipe late = new InboundPipe(1000, NOTHING, abandoned::incrementAndGet);
    late.end();
    assertEquals(-1, late.stream().read());
    late.stream().close();
    assertEquals(1, abandoned.get());
  }

  @Test
  void anInterruptedReaderGetsOut() throws Exception {
    InboundPipe pipe = new InboundPipe(1000, NOTHING, NOTHING);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread reader =
        Thread.startVirtualThread(
            () -> {
              try {
                failure.complete(new AssertionError("read " + pipe.stream().read()));
              } catch (IOException e) {
                failure.complete(e);
              }
            });
    reader.interrupt();
    assertEquals(InterruptedIOException.class, failure.get().getClass());
  }

  @Test
  void outboundCarriesEverythingThroughASinkThatIsOftenFull() throws Exception {
    int total = 32 << 20;
    byte[] data = new byte[total];
    new Random(4).nextBytes(data);
    byte[] back = new byte[total];
    try (Loop loop = new Loop()) {
      CompletableFuture<Integer> finished = new CompletableFuture<>();
      int[] out = {0};
      int[] room = {0};
      OutboundPipe[] pipe = new OutboundPipe[1];
      ByteQueue.Sink sink =
          (source, offset, length) -> {
            int n = Math.min(length, room[0]);
            System.arraycopy(source, offset, back, out[0], n);
            out[0] += n;
            room[0] -= n;
            return n;
          };
      Runnable[] drain = new Runnable[1];
      drain[0] =
          () -> {
            switch (pipe[0].drain(sink)) {
              case SINK_FULL -> {
                room[0] = 100_000; // "Writable" follows
                loop.execute(drain[0]);
              }
              case FINISHED -> finished.complete(out[0]);
              case PIPE_EMPTY, ENDED -> {}
            }
          };
      pipe[0] = new OutboundPipe(1 << 18, 1 << 15, () -> loop.execute(drain[0]));
      try (OutputStream stream = pipe[0].stream()) {
        int done = 0;
        Random sizes = new Random(5);
        while (done < total) {
          int n = Math.min(total - done, 1 + sizes.nextInt(70_000));
          stream.write(data, done, n);
          done += n;
          assertTrue(pipe[0].buffered() <= 4 << 18); // what a pipe may grow to
        }
      }
      assertEquals(total, finished.get());
      assertTrue(Arrays.equals(data, back));
    }
  }

  @Test
  void smallWritesGatherUntilFlushAndOneAnnouncementCovers() throws Exception {
    AtomicInteger announced = new AtomicInteger();
    OutboundPipe pipe = new OutboundPipe(1000, 100, announced::incrementAndGet);
    OutputStream stream = pipe.stream();
    stream.write(new byte[99]);
    assertEquals(0, announced.get());
    stream.flush();
    stream.write(new byte[200]);
    stream.flush();
    assertEquals(1, announced.get());
    assertEquals(OutboundPipe.Drained.PIPE_EMPTY, pipe.drain((s, o, l) -> l));
    stream.close();
    assertEquals(2, announced.get());
    assertEquals(OutboundPipe.Drained.FINISHED, pipe.drain((s, o, l) -> l));
    assertEquals(OutboundPipe.Drained.ENDED, pipe.drain((s, o, l) -> l));
    assertThrows(IOException.class, () -> stream.write(1));
  }

  @Test
  void aFailureReachesAWriterThatWaits() throws Exception {
    OutboundPipe pipe = new OutboundPipe(1000, 100, NOTHING);
    IOException cause = new IOException("stopped");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            pipe.stream().write(new byte[5000]);
            failure.complete(new AssertionError("written"));
          } catch (IOException e) {
            failure.complete(e);
          }
        });
    pipe.fail(() -> cause);
    assertSame(cause, failure.get());
    assertEquals(OutboundPipe.Drained.ENDED, pipe.drain((s, o, l) -> l));
  }
}
