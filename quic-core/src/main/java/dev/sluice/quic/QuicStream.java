package dev.sluice.quic;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.wire.VarInt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stream of a {@link QuicConnection}: ordered bytes in one direction or both (RFC 9000 §2). Any
 * thread may use it, one at a time for reading and one at a time for writing.
 *
 * <p>Reading and writing wait for the peer: a writer gets ahead of the network by a bounded number
 * of bytes only, and what nobody reads holds the peer back. Blocking is cheap on a virtual thread.
 *
 * <p>A reader gets every byte that arrived in order, whatever happened afterwards; then the end of
 * the stream if the peer finished it, else a {@link StreamEndedException} when the stream was cut
 * short, or a {@link ConnectionEndedException} when the connection was.
 */
public final class QuicStream {
  private final ConnectionDriver driver;
  private final Inlet inlet;
  private final Outlet outlet;
  private final long id;
  private final AtomicBoolean readPending = new AtomicBoolean();
  private final AtomicBoolean writePending = new AtomicBoolean();

  /** The stream is to finish; what is being written is still a part of it. */
  private volatile boolean finishing;

  /**
   * @param inlet null when only this side sends
   * @param outlet null when only the peer sends
   */
  QuicStream(ConnectionDriver driver, Inlet inlet, Outlet outlet, long id) {
    this.driver = driver;
    this.inlet = inlet;
    this.outlet = outlet;
    this.id = id;
  }

  /** The stream's id; its two low bits say who opened it and whether it is unidirectional. */
  public long id() {
    return id;
  }

  /** Whether the peer may send on it. */
  public boolean isReadable() {
    return inlet != null;
  }

  /** Whether this side may send on it. */
  public boolean isWritable() {
    return outlet != null;
  }

  /**
   * Whether some of what was received so far came as 0-RTT. Until {@link QuicConnection#handshake}
   * is complete, somebody who has recorded it may be sending it a second time (RFC 9001 §9.2):
   * nothing is to be done because of it that must not be done twice.
   */
  public boolean isEarly() {
    return inlet != null && inlet.isEarly();
  }

  // ---- reading ----

  /**
   * What the peer sends. Closing it before its end is {@link #stopSending} with code 0.
   *
   * @throws IllegalStateException only this side sends on this stream
   */
  public InputStream inputStream() {
    return receiving().pipe().stream();
  }

  /**
   * Reads without blocking.
   *
   * @param target gets at least one byte if it has room; not to be touched until the future is done
   * @return the number of bytes, or -1 at the end of the stream; fails like {@link #inputStream()}.
   *     May complete on the loop's thread: what depends on it must not block
   * @throws ReadPendingException the last read is not done
   * @throws IllegalArgumentException the buffer is read-only
   */
  public CompletableFuture<Integer> readAsync(ByteBuffer target) {
    receiving();
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("a read into a read-only buffer");
    }
    if (!readPending.compareAndSet(false, true)) {
      throw new ReadPendingException();
    }
    CompletableFuture<Integer> result = new CompletableFuture<>();
    readInto(target, result);
    return result;
  }

  private void readInto(ByteBuffer target, CompletableFuture<Integer> result) {
    try {
      int n = target.hasRemaining() ? poll(target) : 0;
      if (n == 0 && target.hasRemaining()) {
        inlet.pipe().whenReadable(() -> readInto(target, result));
        return;
      }
      readPending.set(false);
      result.complete(n);
    } catch (IOException | RuntimeException e) {
      readPending.set(false);
      result.completeExceptionally(e);
    }
  }

  private int poll(ByteBuffer target) throws IOException {
    if (target.hasArray()) {
      int n =
          inlet
              .pipe()
              .poll(target.array(), target.arrayOffset() + target.position(), target.remaining());
      target.position(target.position() + Math.max(0, n));
      return n;
    }
    byte[] bytes = new byte[Math.min(target.remaining(), 64 * 1024)];
    int n = inlet.pipe().poll(bytes, 0, bytes.length);
    target.put(bytes, 0, Math.max(0, n));
    return n;
  }

  /**
   * Reads no more, and asks the peer to stop sending (RFC 9000 §3.5).
   *
   * @param applicationCode 0 to 2^62-1
   * @throws IllegalStateException only this side sends on this stream
   */
  public void stopSending(long applicationCode) {
    requireCode(applicationCode);
    Inlet stopped = receiving();
    driver.onLoop(() -> stopped.stop(applicationCode));
  }

  // ---- writing ----

  /**
   * What this side sends. Every write is on its way without a flush; who writes little at a time
   * puts a {@link java.io.BufferedOutputStream} around it. Closing it finishes the stream after
   * what was written; {@link #sendEnded()} tells when the peer has it all.
   *
   * @throws IllegalStateException only the peer sends on this stream
   */
  public OutputStream outputStream() {
    return sending().pipe().stream();
  }

  /**
   * Writes without blocking.
   *
   * @param source not to be touched until the future is done
   * @return completes when all bytes were taken, which is when the next may be written; fails like
   *     {@link #outputStream()}. May complete on the loop's thread: what depends on it must not
   *     block
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> writeAsync(ByteBuffer source) {
    return writeAsync(sending().pipe()::offer, source);
  }

  /**
   * Writes without blocking, and without a copy of what lies in an array: for content that stays as
   * it is, such as answers made once and sent often. The bytes are sent from where they are, again
   * where they get lost.
   *
   * @param source whose bytes nobody changes before {@link #sendEnded} is complete, or after {@link
   *     #resetAt} before the connection has ended: its beginning may still be sent. Only its
   *     position is this stream's until the future is done. Bytes that lie elsewhere than in an
   *     array that it gives access to are copied
   * @return as from {@link #writeAsync}
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> lendAsync(ByteBuffer source) {
    return writeAsync(sending().pipe()::lend, source);
  }

  /** Takes bytes into the pipe: how many, possibly 0. */
  @FunctionalInterface
  private interface Way {
    int offer(byte[] source, int offset, int length) throws IOException;
  }

  private CompletableFuture<Void> writeAsync(Way way, ByteBuffer source) {
    if (!writePending.compareAndSet(false, true)) {
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
        outlet.pipe().whenWritable(() -> writeFrom(way, source, result));
        return;
      }
      writeEnded();
      result.complete(null);
    } catch (IOException | RuntimeException e) {
      writeEnded();
      result.completeExceptionally(e);
    }
  }

  private void writeEnded() {
    writePending.set(false);
    if (finishing) {
      finishNow();
    }
  }

  private void offer(Way way, ByteBuffer source) throws IOException {
    if (source.hasArray()) {
      int at = source.arrayOffset() + source.position();
      int n = way.offer(source.array(), at, source.remaining());
      source.position(source.position() + n);
      return;
    }
    byte[] bytes = new byte[Math.min(source.remaining(), 64 * 1024)];
    int n = bytes.length;
    while (source.hasRemaining() && n == bytes.length) {
      bytes = bytes.length <= source.remaining() ? bytes : new byte[source.remaining()];
      source.get(source.position(), bytes);
      n = outlet.pipe().offer(bytes, 0, bytes.length);
      source.position(source.position() + n);
    }
  }

  /**
   * Finishes the stream after what was written, like closing {@link #outputStream()}, and after
   * what {@link #writeAsync} or {@link #lendAsync} is still writing; nothing happens when it has
   * ended.
   *
   * @throws IllegalStateException only the peer sends on this stream
   */
  public void finish() {
    sending();
    finishing = true; // before looking: a write that ends meanwhile sees it
    if (!writePending.get()) {
      finishNow();
    }
  }

  private void finishNow() {
    try {
      sending().pipe().stream().close();
    } catch (IOException e) {
      // It has ended already, and sendEnded() says how.
    }
  }

  /**
   * Abandons what was written and not yet acknowledged (RESET_STREAM, RFC 9000 §19.4). The peer's
   * reader gets what has reached it, and then the code.
   *
   * @param applicationCode 0 to 2^62-1
   * @throws IllegalStateException only the peer sends on this stream
   */
  public void reset(long applicationCode) {
    requireCode(applicationCode);
    Outlet abandoned = sending();
    driver.onLoop(() -> abandoned.reset(applicationCode));
  }

  /**
   * Abandons the stream but for its beginning (RESET_STREAM_AT,
   * draft-ietf-quic-reliable-stream-reset-10): the peer's reader gets at least the first bytes, and
   * then the code. Where the peer does not know this frame ({@link QuicConnection#supportsResetAt})
   * it is {@link #reset}, and nothing is certain to arrive.
   *
   * @param applicationCode 0 to 2^62-1
   * @param reliableSize bytes from the start of the stream, 0 to the number written
   * @throws IllegalStateException only the peer sends on this stream
   */
  public void resetAt(long applicationCode, long reliableSize) {
    requireCode(applicationCode);
    Outlet abandoned = sending();
    long written = abandoned.pipe().written();
    if (reliableSize < 0 || reliableSize > written) {
      throw new IllegalArgumentException(
          reliableSize + " bytes to be delivered, and " + written + " were written");
    }
    driver.onLoop(() -> abandoned.resetAt(applicationCode, reliableSize));
  }

  /**
   * The order in which streams share the connection: lower urgency first, and within one urgency
   * incremental streams take turns while the others go one after another.
   *
   * @param urgency 0 to 7, 3 by default (RFC 9218 §4.1)
   * @throws IllegalStateException only the peer sends on this stream
   */
  public void setPriority(int urgency, boolean incremental) {
    Objects.checkIndex(urgency, 8);
    Outlet ordered = sending();
    driver.onLoop(() -> ordered.setPriority(urgency, incremental));
  }

  /**
   * How this side's sending ended: {@link StreamEnding.Finished} as soon as the peer's transport
   * has every byte. Completes on the loop's thread: what depends on it must not block.
   *
   * @throws IllegalStateException only the peer sends on this stream
   */
  public CompletionStage<StreamEnding> sendEnded() {
    return sending().ended().minimalCompletionStage();
  }

  @Override
  public String toString() {
    return "QuicStream " + id;
  }

  private Inlet receiving() {
    if (inlet == null) {
      throw new IllegalStateException("stream " + id + " is only sent on by this side");
    }
    return inlet;
  }

  private Outlet sending() {
    if (outlet == null) {
      throw new IllegalStateException("stream " + id + " is only sent on by the peer");
    }
    return outlet;
  }

  static void requireCode(long code) {
    if (code < 0 || code > VarInt.MAX) {
      throw new IllegalArgumentException("an error code is 0 to 2^62-1");
    }
  }

  // ---- the loop's side ----

  Inlet inlet() {
    return inlet;
  }

  Outlet outlet() {
    return outlet;
  }

  void start() {
    if (inlet != null) {
      inlet.start();
    }
  }

  /** Nobody will ever use it. */
  void abandon(long code) {
    if (outlet != null) {
      outlet.reset(code);
    }
    if (inlet != null) {
      inlet.stop(code);
    }
  }

  boolean isOver() {
    return (inlet == null || inlet.isOver()) && (outlet == null || outlet.isOver());
  }

  void onConnectionEnd(ConnectionEnding ending) {
    if (inlet != null) {
      inlet.onConnectionEnd();
    }
    if (outlet != null) {
      outlet.onConnectionEnd(ending);
    }
  }
}
