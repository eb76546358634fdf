package dev.sluice.http3.session;

import dev.sluice.http3.message.Priority;
import dev.sluice.http3.webtransport.SessionStream;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.quic.io.AsyncReader;
import dev.sluice.quic.io.AsyncWriter;
import dev.sluice.quic.io.HeldContent;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A stream of a {@link WebTransport} session: ordered bytes in one direction or both. Any thread
 * may use it, one at a time for reading and one at a time for writing.
 *
 * <p>A reader gets every byte that arrived in order, whatever happened afterwards; then the end of
 * the stream if the peer finished it, else a {@link SessionStreamEndedException} that says how it
 * was cut short. A writer is ahead of the network by a bounded number of bytes only.
 */
public final class WebTransportStream {
  /** The code for streams that were opened for somebody who has stopped waiting. */
  private static final long NOBODY = 0;

  private final WebTransportDriver driver;
  private final SessionStream stream;
  private final StreamInlet inlet;
  private final StreamOutlet outlet;

  /** Null where there is nothing to read. */
  private final AsyncReader reader;

  /** Null where there is nothing to write. */
  private final AsyncWriter writer;

  /**
   * @param unread is given, on the loop, what has arrived and nobody may have read, when all has
   * @param onOver told, on the loop, when both directions are over
   */
  WebTransportStream(
      WebTransportDriver driver,
      SessionStream stream,
      Consumer<HeldContent> unread,
      Consumer<WebTransportStream> onOver) {
    this.driver = driver;
    this.stream = stream;
    Runnable check =
        () -> {
          if (isOver()) {
            onOver.accept(this);
          }
        };
    inlet =
        stream.receiving() == null
            ? null
            : new StreamInlet(driver, stream.receiving(), unread, check);
    outlet = stream.sending() == null ? null : new StreamOutlet(driver, stream.sending(), check);
    reader = inlet == null ? null : new AsyncReader(inlet.pipe());
    writer = outlet == null ? null : new AsyncWriter(outlet.pipe());
  }

  private boolean isOver() {
    return (inlet == null || inlet.isOver()) && (outlet == null || outlet.isOver());
  }

  /** Nobody will ever use it. */
  void abandon() {
    if (outlet != null) {
      outlet.reset(NOBODY);
    }
    if (inlet != null) {
      inlet.stop(NOBODY);
    }
  }

  StreamInlet inlet() {
    return inlet;
  }

  StreamOutlet outlet() {
    return outlet;
  }

  /** The id of the QUIC stream under it. */
  public long id() {
    return stream.id();
  }

  /** Whether the peer may send on it. */
  public boolean isReadable() {
    return inlet != null;
  }

  /** Whether this side may send on it. */
  public boolean isWritable() {
    return outlet != null;
  }

  // ---- reading ----

  /**
   * What the peer sends. Closing it before its end is {@link #stopReading} with code 0.
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
    return reader.read(target);
  }

  /**
   * Reads no more, and asks the peer to stop sending.
   *
   * @param code 0 to 2^32-1, for the peer's application
   */
  public void stopReading(long code) {
    StreamInlet stopped = receiving();
    WebTransport.requireCode(code);
    driver.onLoop(() -> stopped.stop(code));
  }

  // ---- writing ----

  /**
   * What this side sends. Every write is on its way without a flush. Closing it finishes the stream
   * after what was written, and what another thread or {@link #writeAsync} is still writing; {@link
   * #sendEnded()} tells when the peer has it all. After a write that was interrupted nothing can be
   * written, and closing is {@link #reset} with code 0, lest the peer take a part for the whole.
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
   *     {@link #outputStream()}. May complete on the loop's thread: what depends on it must not
   *     block
   * @throws WritePendingException the last write is not done
   */
  public CompletableFuture<Void> writeAsync(ByteBuffer source) {
    sending();
    return writer.write(source);
  }

  /**
   * Finishes the stream after what was written, like closing {@link #outputStream()}, and after
   * what {@link #writeAsync} is still writing; nothing happens when it has ended.
   *
   * @throws IllegalStateException only the peer sends on this stream
   */
  public void finish() {
    sending();
    writer.finish();
  }

  /**
   * Abandons what was written and has not arrived.
   *
   * @param code 0 to 2^32-1, for the peer's application
   */
  public void reset(long code) {
    StreamOutlet abandoned = sending();
    WebTransport.requireCode(code);
    driver.onLoop(() -> abandoned.reset(code));
  }

  /**
   * The order in which streams of all sessions share the connection: lower urgency first,
   * incremental ones of one urgency taking turns.
   */
  public void setPriority(Priority priority) {
    StreamOutlet changed = sending();
    driver.onLoop(() -> changed.setPriority(priority));
  }

  /** Completes when the peer has everything and the end of it, or it was cut short; says which. */
  public CompletionStage<SessionStreamEnding> sendEnded() {
    return sending().ended().minimalCompletionStage();
  }

  private StreamInlet receiving() {
    if (inlet == null) {
      throw new IllegalStateException("only this side sends on stream " + id());
    }
    return inlet;
  }

  private StreamOutlet sending() {
    if (outlet == null) {
      throw new IllegalStateException("only the peer sends on stream " + id());
    }
    return outlet;
  }
}
