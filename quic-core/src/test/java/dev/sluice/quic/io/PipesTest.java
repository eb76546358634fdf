package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pipes between a loop and a thread that may wait. */
@Timeout(60)
class PipesTest {
  private static final Runnable NOTHING = () -> {};

  /** Where each wake-up finds the pipe empty again more is written at a time, up to a bound. */
  @Test
  void anOutboundPipeGrowsOnlyWhereItRunsEmpty() throws Exception {
    OutboundPipe fast = new OutboundPipe(1000, 1, NOTHING, new ChunkReturn(16));
    OutboundPipe slow = new OutboundPipe(1000, 1, NOTHING, new ChunkReturn(16));
    byte[] data = new byte[10_000];
    for (int i = 0; i < 200; i++) {
      fast.offer(data, 0, data.length);
      fast.whenWritable(NOTHING);
      assertEquals(
          OutboundPipe.Drained.PIPE_EMPTY, fast.hand((array, from, length, home) -> length));
      slow.offer(data, 0, data.length);
      slow.whenWritable(NOTHING);
      int[] room = {600};
      assertEquals(
          OutboundPipe.Drained.SINK_FULL,
          slow.drain(
              (source, offset, length) -> {
                int n = Math.min(length, room[0]);
                room[0] -= n;
                return n;
              }));
    }
    assertEquals(4000, fast.offer(data, 0, data.length));
    slow.offer(data, 0, data.length);
    assertEquals(1000, slow.buffered());
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
      pipe[0] =
          new OutboundPipe(1 << 18, 1 << 15, () -> loop.execute(drain[0]), new ChunkReturn(16));
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
    OutboundPipe pipe =
        new OutboundPipe(1000, 100, announced::incrementAndGet, new ChunkReturn(16));
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
    OutboundPipe pipe = new OutboundPipe(1000, 100, NOTHING, new ChunkReturn(16));
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

  /** A filler that is ahead waits as a writer does, and its failure is not the pipe's. */
  @Test
  void whatAFillerAddsComesThroughWhateverThePipeHolds() throws Exception {
    OutboundPipe[] pipe = new OutboundPipe[1];
    byte[] data = new byte[1_000_000];
    new Random(6).nextBytes(data);
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    CompletableFuture<Void> finished = new CompletableFuture<>();
    try (Loop loop = new Loop()) {
      Runnable drain =
          () -> {
            OutboundPipe.Drained left =
                pipe[0].hand(
                    (array, from, length, home) -> {
                      back.write(array, from, length);
                      return length;
                    });
            if (left == OutboundPipe.Drained.FINISHED) {
              finished.complete(null);
            }
          };
      pipe[0] = new OutboundPipe(70_000, 1000, () -> loop.execute(drain), new ChunkReturn(16));
      ByteBuffer rest = ByteBuffer.wrap(data, 0, data.length - 2);
      ByteQueue.Filler filler =
          room -> {
            if (!rest.hasRemaining()) {
              throw new EOFException();
            }
            int n = Math.min(room.remaining(), rest.remaining());
            room.put(rest.slice().limit(n));
            rest.position(rest.position() + n);
            return n;
          };
      assertThrows(EOFException.class, () -> pipe[0].write(filler, data.length));
      pipe[0].stream().write(data, data.length - 2, 2);
      pipe[0].stream().close();
      assertThrows(IOException.class, () -> pipe[0].write(filler, 1));
      finished.join();
    }
    assertArrayEquals(data, back.toByteArray());
  }

  /** The reader is in the pipe at that moment, and lets go of the bytes on its way out. */
  @Test
  void whatIsClosedDuringAReadKeepsNothing() throws Exception {
    InboundPipe[] pipe = new InboundPipe[1];
    Runnable closing =
        () -> {
          try {
            Thread.ofPlatform().start(() -> close(pipe[0].stream())).join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    pipe[0] = new InboundPipe(1000, closing, NOTHING);
    byte[] bytes = new byte[1000];
    ByteQueue.Source source =
        (most, to) -> {
          to.take(bytes, 0, most, null);
          return most;
        };
    assertEquals(InboundPipe.Filled.PIPE_FULL, pipe[0].fill(source));
    assertEquals(600, pipe[0].stream().read(new byte[600])); // there is room: the loop is told
    assertEquals(0, pipe[0].buffered());
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
