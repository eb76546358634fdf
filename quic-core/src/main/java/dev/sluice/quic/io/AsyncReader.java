package dev.sluice.quic.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads from a pipe without blocking, one read at a time. Any thread. */
public final class AsyncReader {
  private static final int MOST_COPIED = 64 * 1024;

  private final InboundPipe pipe;
  private final AtomicBoolean pending = new AtomicBoolean();

  /** Of a pipe that nobody else reads while a read is pending. */
  public AsyncReader(InboundPipe pipe) {
    this.pipe = pipe;
  }

  /**
   * Reads what there is, once there is any.
   *
   * @param target gets at least one byte if it has room; not to be touched until the future is done
   * @return the number of bytes, or -1 at the end; fails like {@link InboundPipe#stream}. May
   *     complete on the loop's thread: what depends on it must not block. Cancelled in time, or
   *     completed by a timeout, it takes nothing
   * @throws ReadPendingException the last read is not done
   * @throws IllegalArgumentException the buffer is read-only
   */
  public CompletableFuture<Integer> read(ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("a read into a read-only buffer");
    }
    if (!pending.compareAndSet(false, true)) {
      throw new ReadPendingException();
    }
    Attempt attempt = new Attempt(target);
    attempt.run();
    return attempt.result;
  }

  /** A read, each time that there may be something for it. */
  private final class Attempt implements Runnable {
    private final ByteBuffer target;
    private final CompletableFuture<Integer> result = new CompletableFuture<>();
    private boolean waited;

    Attempt(ByteBuffer target) {
      this.target = target;
    }

    @Override
    public void run() {
      try {
        int n = target.hasRemaining() ? poll(target) : 0;
        if (n == 0 && target.hasRemaining()) {
          awaitMore();
          return;
        }
        pending.set(false);
        result.complete(n);
      } catch (IOException | RuntimeException e) {
        pending.set(false);
        result.completeExceptionally(e);
      }
    }

    private void awaitMore() {
      if (!waited) {
        waited = true;
        result.whenComplete((n, e) -> giveUp());
      }
      pipe.whenReadable(this);
      if (result.isDone()) { // given up between two waits
        giveUp();
      }
    }

    /** Bytes that come are then for the next read. */
    private void giveUp() {
      if (pipe.forget(this)) {
        pending.set(false);
      }
    }
  }

  private int poll(ByteBuffer target) throws IOException {
    if (target.hasArray()) {
      int at = target.arrayOffset() + target.position();
      int n = pipe.poll(target.array(), at, target.remaining());
      target.position(target.position() + Math.max(0, n));
      return n;
    }
    byte[] bytes = new byte[Math.min(target.remaining(), MOST_COPIED)];
    int n = pipe.poll(bytes, 0, bytes.length);
    target.put(bytes, 0, Math.max(0, n));
    return n;
  }
}
