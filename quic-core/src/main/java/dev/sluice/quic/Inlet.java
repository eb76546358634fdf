package dev.sluice.quic;

import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.io.InboundPipe;
import dev.sluice.quic.stream.RecvStream;

/**
 * The loop's side of a stream's receiving part: moves what arrived into the pipe from which it is
 * read. What the reader does not take stays in the stream, and flow control holds the peer back.
 */
final class Inlet {

  /**
   * Enough that the loop and the reader need not wait for each other between two batches of
   * datagrams; a part of what the stream's own window lets the peer send.
   */
  private static final int CAPACITY = 256 * 1024;

  /** For a reader that closes its InputStream early: it has no code to give. */
  private static final long NO_CODE = 0;

  private final ConnectionDriver driver;
  private final RecvStream recv;
  private final InboundPipe pipe;

  /**
   * Whether anybody wants the bytes. Before, they stay in the stream: the peer gets no credit for
   * new streams in exchange for those that nobody has accepted.
   */
  private boolean flowing;

  private boolean over;

  /** Set before the bytes that it is about are handed over. */
  private volatile boolean early;

  Inlet(ConnectionDriver driver, RecvStream recv) {
    this.driver = driver;
    this.recv = recv;
    this.pipe =
        new InboundPipe(
            CAPACITY, () -> driver.onLoop(this::fill), () -> driver.onLoop(() -> stop(NO_CODE)));
  }

  /** The reader's side. Any thread. */
  InboundPipe pipe() {
    return pipe;
  }

  /** Whether some of what has arrived came as 0-RTT. Any thread. */
  boolean isEarly() {
    return early;
  }

  /** Whether nothing more comes from the stream. */
  boolean isOver() {
    return over;
  }

  /** Somebody reads it from now on. */
  void start() {
    flowing = true;
    fill();
  }

  /** The stream has something, or the pipe has room. */
  void fill() {
    if (flowing && !over) {
      early |= recv.isEarly();
      settle(pipe.fill(recv::take));
    }
  }

  /** The reader wants no more. */
  void stop(long code) {
    if (!over) {
      recv.stopSending(code);
      finish(recv.ending());
    }
  }

  /** The connection has ended: what the stream holds goes to the reader, and then the ending. */
  void onConnectionEnd() {
    if (!over) {
      early |= recv.isEarly();
      settle(pipe.fillAll(recv::take));
    }
  }

  private void settle(InboundPipe.Filled filled) {
    switch (filled) {
      case SOURCE_EMPTY, PIPE_FULL -> {}
      case SOURCE_ENDED -> finish(recv.ending());
      case ABANDONED -> stop(NO_CODE);
    }
  }

  private void finish(StreamEnding ending) {
    over = true;
    if (ending instanceof StreamEnding.Finished) {
      pipe.end();
    } else {
      long id = recv.id();
      pipe.fail(() -> StreamEndedException.of(id, ending));
    }
    driver.keepUnread(pipe, recv.id());
    driver.onPartOver(recv.id());
  }
}
