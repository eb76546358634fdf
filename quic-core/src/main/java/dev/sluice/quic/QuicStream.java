package dev.sluice.quic;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.io.AsyncReader;
import dev.sluice.quic.io.AsyncWriter;
import dev.sluice.quic.wire.VarInt;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A stream of a {@link QuicConnection}: ordered bytes in one direction or both (RFC 9000 §2). Any
 * thread may use it, one at a time for reading and one at a time for writing.
 *
 * <p>Reading and writing wait for the peer: a writer gets ahead of the network by a bounded number
 * of bytes only, and what nobody reads holds the peer back. Blocking is cheap on a virtual thread.
 * On the thread of an event loop what would have to wait throws an IllegalStateException instead,
 * and takes nothing; closing never waits.
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

  /** Null where there is nothing to read. */
  private final AsyncReader reader;

  /** Null where there is nothing to write. */
  private final AsyncWriter writer;

  /**
   * @param inlet null when only this side sends
   * @param outlet null when only the peer sends
   */
  QuicStream(ConnectionDriver driver, Inlet inlet, Outlet outlet, long id) {
    this.driver = driver;
    this.inlet = inlet;
    this.outlet = outlet;
    this.id = id;
    reader = inlet == null ? null : new AsyncReader(inlet.pipe());
    writer = outlet == null ? null : new AsyncWriter(outlet.pipe());
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
   * What the peer sends. Closing it before its end is {@link #stopSending} with code 0. A read that
   * would wait beside one without blocking throws a ReadPendingException.
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
   * @return the number of bytes, or -1 at the end of the stream; fails like {@link #inputStream()},
   *     or with a ReadPendingException while a thread waits in that one's {@code read}. May
   *     complete on the loop's thread: what depends on it must not block. One that is cancelled, or
   *     completed by a timeout, before anything came takes nothing
   * @throws ReadPendingException the last read is not done
   * @throws IllegalArgumentException the buffer is read-only
   */
  public CompletableFuture<Integer> readAsync(ByteBuffer target) {
    receiving();
    return reader.read(target);
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
   * what was written, and what another thread or {@link #writeAsync} is still writing; {@link
   * #sendEnded()} tells when the peer has it all. A write while one without blocking is not done
   * throws a WritePendingException.
   *
   * <p>Of a write that is interrupted nobody knows how much was taken: nothing can be written after
   * it, and closing is {@link #reset} with code 0, lest the peer take a part for the whole.
   *
   * <p>Who may fail halfway closes it only when all is written, and else calls {@link #reset}:
   * {@code try} closes on the way out of a failure, too, and the peer takes the part for the whole.
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
   *     {@link #outputStream()}, or with a WritePendingException while a thread writes to that. May
   *     complete on the loop's thread: what depends on it must not block. Cancelling it, or a
   *     timeout, ends nothing: the write goes on and needs the buffer, and {@link #reset} ends it
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> writeAsync(ByteBuffer source) {
    sending();
    return writer.write(source);
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
    sending();
    return writer.lend(source);
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
    writer.finish();
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
