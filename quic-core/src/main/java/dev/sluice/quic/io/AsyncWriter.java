package dev.sluice.quic.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritePendingException;
import java.util.concurrent.CompletableFuture;

/** Writes into a pipe without blocking, one write at a time. Any thread. */
public final class AsyncWriter {
  private static final int MOST_COPIED = 64 * 1024;

  private final OutboundPipe pipe;

  /** Of a pipe that has a turn for each who writes. */
  public AsyncWriter(OutboundPipe pipe) {
    this.pipe = pipe;
  }

  /**
   * Writes all that the buffer has.
   *
   * @param source not to be touched until the future is done
   * @return completes when all bytes were taken, which is when the next may be written; fails like
   *     {@link OutboundPipe#stream}. May complete on the loop's thread: what depends on it must not
   *     block. Cancelling it ends nothing: the write goes on, and needs the buffer
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> write(ByteBuffer source) {
    return begin(pipe::offer, source);
  }

  /**
   * The same without a copy of what lies in an array, which nobody changes as long as any of it may
   * be sent. Bytes that lie elsewhere are copied.
   *
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> lend(ByteBuffer source) {
    return begin(pipe::lend, source);
  }

  /** Closes the pipe after what is being written; nothing happens when it has failed. */
  public void finish() {
    try {
      pipe.stream().close();
    } catch (IOException e) {
      // It has failed, and whoever writes has been told why.
    }
  }

  /** Takes bytes into the pipe: how many, possibly 0. */
  @FunctionalInterface
  private interface Way {
    int offer(byte[] source, int offset, int length) throws IOException;
  }

  private CompletableFuture<Void> begin(Way way, ByteBuffer source) {
    boolean begun;
    try {
      begun = pipe.beginPending();
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (!begun) {
      throw new WritePendingException();
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    writeFrom(way, source, result);
    return result;
  }

  private void writeFrom(Way way, ByteBuffer source, CompletableFuture<Void> result) {
    try {
      offer(way, source);
      if (source.hasRemaining()) {
        pipe.whenWritable(() -> writeFrom(way, source, result));
        return;
      }
      pipe.endPending();
      result.complete(null);
    } catch (IOException | RuntimeException e) {
      pipe.endPending();
      result.completeExceptionally(e);
    }
  }

  private void offer(Way way, ByteBuffer source) throws IOException {
    if (source.hasArray()) {
      int at = source.arrayOffset() + source.position();
      int n = way.offer(source.array(), at, source.remaining());
      source.position(source.position() + n);
      return;
    }
    byte[] bytes = new byte[Math.min(source.remaining(), MOST_COPIED)];
    int n = bytes.length;
    while (source.hasRemaining() && n == bytes.length) {
      bytes = bytes.length <= source.remaining() ? bytes : new byte[source.remaining()];
      source.get(source.position(), bytes);
      n = pipe.offer(bytes, 0, bytes.length);
      source.position(source.position() + n);
    }
  }
}
