package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several who use one end of a pipe, and the loop among them: nobody waits in vain. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipeTurnsTest {
  private static final Runnable NOTHING = () -> {};
  private static final int CAPACITY = 1000;

  private final EventLoop loop = EventLoop.start("test");
  private final InboundPipe in = new InboundPipe(CAPACITY, NOTHING, NOTHING);
  private final OutboundPipe out = new OutboundPipe(CAPACITY, 1, NOTHING, new ChunkReturn(16));

  /** Threads that wait, so that the test ends when they do not. */
  private final List<Thread> waiting = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    waiting.forEach(Thread::interrupt);
    loop.close();
  }

  /** Runs on a thread of its own, which waits for something when this returns. */
  private <T> FutureTask<T> waits(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = Thread.ofPlatform().daemon().start(task);
    waiting.add(thread);
    while (thread.getState() != Thread.State.WAITING) {
      assertFalse(task.isDone(), "it does not wait");
      Thread.yield();
    }
    return task;
  }

  private <T> T onLoop(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    loop.execute(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private void arrives(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    int[] left = {bytes.length};
    in.fill(
        (most, to) -> {
          int n = left[0];
          to.take(bytes, 0, n, null);
          left[0] = 0;
          return n;
        });
  }

  private static int written(OutboundPipe from) {
    int[] sum = {0};
    from.drain(
        (source, offset, length) -> {
          sum[0] += length;
          return length;
        });
    return sum[0];
  }

  @Test
  void aReadThatWouldWaitBesideAPendingOneIsRefused() throws Exception {
    ByteBuffer target = ByteBuffer.allocate(10);
    CompletableFuture<Integer> first = new AsyncReader(in).read(target);
    assertThrows(ReadPendingException.class, () -> in.stream().read());
    arrives(7, 8);
    assertEquals(2, first.get());
    assertArrayEquals(new byte[] {7, 8}, Arrays.copyOf(target.array(), 2));
  }

  @Test
  void aReadThatIsCancelledLeavesTheBytesToTheNext() throws Exception {
    AsyncReader reader = new AsyncReader(in);
    ByteBuffer none = ByteBuffer.allocate(10);
    reader.read(none).cancel(false);
    CompletableFuture<Integer> next = reader.read(ByteBuffer.allocate(10));
    next.cancel(false);
    arrives(7, 8);
    assertEquals(7, in.stream().read());
    assertEquals(1, reader.read(ByteBuffer.allocate(10)).get());
    assertEquals(0, none.position());
  }

  @Test
  void aReadWithoutWaitingBesideOneThatWaitsIsRefused() throws Exception {
    FutureTask<Integer> first = waits(() -> in.stream().read());
    CompletableFuture<Integer> second = new AsyncReader(in).read(ByteBuffer.allocate(10));
    assertInstanceOf(ReadPendingException.class, second.exceptionNow());
    arrives(7);
    assertEquals(7, first.get());
  }

  @Test
  void threadsThatReadOneStreamTakeTurns() throws Exception {
    FutureTask<Integer> first = waits(() -> in.stream().read());
    FutureTask<Integer> second = waits(() -> in.stream().read());
    arrives(1);
    arrives(2);
    assertEquals(3, first.get() + second.get());
    FutureTask<Integer> third = waits(() -> in.stream().read());
    FutureTask<Integer> fourth = waits(() -> in.stream().read());
    in.end();
    assertEquals(-2, third.get() + fourth.get());
  }

  @Test
  void aWriteBesideAPendingOneIsRefused() throws Exception {
    CompletableFuture<Void> first = new AsyncWriter(out).write(ByteBuffer.allocate(1500));
    assertThrows(WritePendingException.class, () -> out.stream().write(1));
    assertEquals(CAPACITY, written(out));
    first.get();
    assertEquals(500, written(out));
  }

  @Test
  void aWriteWithoutWaitingBesideOneThatWaitsIsRefused() throws Exception {
    FutureTask<Void> first = waits(() -> write(1500));
    CompletableFuture<Void> second = new AsyncWriter(out).write(ByteBuffer.allocate(10));
    assertInstanceOf(WritePendingException.class, second.exceptionNow());
    assertEquals(CAPACITY, written(out));
    first.get();
    assertEquals(500, written(out));
  }

  @Test
  void whatIsClosedDuringAWriteEndsAfterIt() throws Exception {
    FutureTask<Void> first = waits(() -> write(1500));
    onLoop(
        () -> {
          out.stream().close();
          return null;
        });
    assertInstanceOf(
        IOException.class, new AsyncWriter(out).write(ByteBuffer.allocate(1)).exceptionNow());
    FutureTask<Void> late = new FutureTask<>(() -> write(1));
    Thread.ofPlatform().daemon().start(late);
    assertEquals(CAPACITY, written(out));
    first.get();
    assertInstanceOf(
        IOException.class, assertThrows(ExecutionException.class, late::get).getCause());
    assertEquals(OutboundPipe.Drained.FINISHED, out.drain((source, offset, length) -> length));
    assertEquals(1500, out.written());
  }

  @Test
  void whatIsClosedBesideAPendingWriteEndsAfterIt() throws Exception {
    AsyncWriter writer = new AsyncWriter(out);
    CompletableFuture<Void> first = writer.write(ByteBuffer.allocate(2500));
    out.stream().close();
    assertInstanceOf(IOException.class, failure(() -> write(1)));
    assertThrows(WritePendingException.class, () -> writer.write(ByteBuffer.allocate(1)));
    assertEquals(CAPACITY, written(out));
    assertEquals(CAPACITY, written(out));
    first.get();
    assertEquals(2500, out.written());
    assertEquals(OutboundPipe.Drained.FINISHED, out.drain((source, offset, length) -> length));
    assertInstanceOf(IOException.class, writer.write(ByteBuffer.allocate(1)).exceptionNow());
  }

  @Test
  void aPendingWriteKeepsItsTurnBetweenItsSteps() throws Exception {
    List<Throwable> refused = new ArrayList<>();
    OutboundPipe[] pipe = {null};
    pipe[0] =
        new OutboundPipe(
            CAPACITY, 1, () -> refused.add(failure(() -> write(pipe[0], 1))), new ChunkReturn(16));
    CompletableFuture<Void> first = new AsyncWriter(pipe[0]).write(ByteBuffer.allocate(2500));
    assertEquals(CAPACITY, written(pipe[0]));
    assertEquals(2, refused.size(), "at the first step and at the second");
    refused.forEach(each -> assertInstanceOf(WritePendingException.class, each));
    assertEquals(CAPACITY, written(pipe[0]));
    first.get();
    assertEquals(500, written(pipe[0]));
  }

  @Test
  void whatIsClosedAfterAnInterruptedWriteIsNotTheWhole() throws Exception {
    FutureTask<Void> first = waits(() -> write(1500));
    waiting.getFirst().interrupt();
    assertInstanceOf(
        InterruptedIOException.class,
        assertThrows(ExecutionException.class, first::get).getCause());
    assertEquals(CAPACITY, written(out));
    assertInstanceOf(IOException.class, failure(() -> write(1)));
    assertInstanceOf(
        IOException.class, new AsyncWriter(out).write(ByteBuffer.allocate(1)).exceptionNow());
    out.stream().close();
    assertEquals(OutboundPipe.Drained.CUT, out.drain((source, offset, length) -> length));
    assertEquals(OutboundPipe.Drained.ENDED, out.drain((source, offset, length) -> length));
  }

  @Test
  void aReadThatIsGivenUpLeavesTheBytesToTheNext() throws Exception {
    AsyncReader reader = new AsyncReader(in);
    ByteBuffer none = ByteBuffer.allocate(10);
    reader.read(none).completeExceptionally(new TimeoutException("somebody's"));
    arrives(7, 8);
    assertEquals(2, reader.read(ByteBuffer.allocate(10)).get());
    assertEquals(0, none.position());
  }

  private static Throwable failure(Callable<?> call) {
    return assertThrows(Throwable.class, call::call);
  }

  private Void write(int length) throws IOException {
    return write(out, length);
  }

  private static Void write(OutboundPipe to, int length) throws IOException {
    to.stream().write(new byte[length]);
    return null;
  }

  @Test
  void theLoopReadsWhatThereIsAndIsRefusedWhereItWouldWait() throws Exception {
    arrives(5);
    assertEquals(5, onLoop(() -> in.stream().read()));
    assertThrows(IllegalStateException.class, () -> onLoop(() -> in.stream().read()));
    FutureTask<Integer> first = waits(() -> in.stream().read());
    assertThrows(IllegalStateException.class, () -> onLoop(() -> in.stream().read()));
    arrives(6);
    assertEquals(6, first.get());
  }

  @Test
  void theLoopWritesWhatHasRoomAndNothingOfWhatHasNot() throws Exception {
    onLoop(() -> write(900));
    assertThrows(IllegalStateException.class, () -> onLoop(() -> write(101)));
    assertEquals(900, out.buffered());
    onLoop(() -> write(100));
    FutureTask<Void> first = waits(() -> write(10));
    assertThrows(IllegalStateException.class, () -> onLoop(() -> write(1)));
    assertEquals(CAPACITY, written(out));
    first.get();
  }
}
