package dev.sluice.quic;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.io.OutboundPipe;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendStream;
import java.util.concurrent.CompletableFuture;

/**
 * The loop's side of a stream's sending part: moves what was written from the pipe into the stream,
 * as far as its buffer has room. A writer that is ahead waits at the pipe.
 */
final class Outlet {

  /** As for {@link Inlet}. */
  private static final int CAPACITY = 256 * 1024;

  /** Every write tells the loop, if it has not been told: nothing waits for a flush. */
  private static final int THRESHOLD = 1;

  /** For a writer that was interrupted and closes its OutputStream: it has no code to give. */
  private static final long NO_CODE = 0;

  private final ConnectionDriver driver;
  private final SendStream send;
  private final OutboundPipe pipe;
  private final CompletableFuture<StreamEnding> ended = new CompletableFuture<>();

  /** Bytes that have gone from the pipe into the stream. */
  private long moved;

  /** How many are delivered of a stream that is abandoned; -1 while it is not. */
  private long reliable = -1;

  private long abandonCode;

  Outlet(ConnectionDriver driver, SendStream send) {
    this.driver = driver;
    this.send = send;
    this.pipe =
        new OutboundPipe(
            CAPACITY, THRESHOLD, () -> driver.onLoop(this::drain), driver.loop().writerChunks());
  }

  /** The writer's side. Any thread. */
  OutboundPipe pipe() {
    return pipe;
  }

  /** How it ended, once it has. Any thread. */
  CompletableFuture<StreamEnding> ended() {
    return ended;
  }

  /** Whether nothing more goes into the stream, nor waits for its acknowledgment. */
  boolean isOver() {
    return ended.isDone();
  }

  /** There are bytes in the pipe, or room in the stream. */
  void drain() {
    if (isOver()) {
      return;
    }
    OutboundPipe.Drained left = pipe.hand(this::move);
    if (reliable >= 0 && moved >= reliable) {
      send.resetAt(abandonCode, reliable);
      finish(send.ending());
    } else if (left == OutboundPipe.Drained.FINISHED) {
      send.finish();
    } else if (left == OutboundPipe.Drained.CUT) {
      reset(NO_CODE);
    }
  }

  private int move(byte[] array, int offset, int length, ReturnedChunks home) {
    int wanted = reliable < 0 ? length : (int) Math.clamp(reliable - moved, 0L, length);
    ReturnedChunks to = wanted == length ? home : null;
    int taken = wanted == 0 ? 0 : send.adopt(array, offset, wanted, to);
    moved += taken;
    return taken;
  }

  /** The writer abandons the stream, also what it had promised of it before. */
  void reset(long code) {
    send.reset(code);
    finish(send.ending());
  }

  /** The writer abandons the stream but for its beginning, which has first to leave the pipe. */
  void resetAt(long code, long size) {
    if (reliable < 0 ? isOver() : size >= reliable) {
      return;
    }
    abandonCode = reliable < 0 ? code : abandonCode;
    reliable = size;
    if (isOver()) {
      send.resetAt(abandonCode, reliable); // of less than has left the pipe
    } else {
      drain();
    }
  }

  void setPriority(int urgency, boolean incremental) {
    if (!isOver()) {
      send.setPriority(urgency, incremental);
    }
  }

  /** The peer wants no more, or has everything. */
  void onEnding() {
    if (send.ending() != null) {
      finish(send.ending());
    }
  }

  /** The connection has ended: what was not sent will not be. */
  void onConnectionEnd(ConnectionEnding ending) {
    finish(send.ending() != null ? send.ending() : new StreamEnding.ConnectionEnded(ending));
  }

  private void finish(StreamEnding ending) {
    if (!isOver()) {
      long id = send.id();
      pipe.fail(() -> StreamEndedException.of(id, ending));
      ended.complete(ending);
      driver.onPartOver(id);
    }
  }
}
