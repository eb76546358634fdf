package dev.sluice.http3.session;

import dev.sluice.http3.webtransport.ReceivingPart;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.quic.io.HeldContent;
import dev.sluice.quic.io.InboundPipe;
import java.util.function.Consumer;

/**
 * The loop's side of a stream's receiving part: moves what arrived into the pipe from which it is
 * read. What the reader does not take stays in the stream, and flow control holds the peer back.
 */
final class StreamInlet {
  /** Enough that the loop and the reader need not wait for each other between two batches. */
  private static final int CAPACITY = 256 << 10;

  /** For a reader that closes its InputStream early: it has no code to give. */
  private static final long NO_CODE = 0;

  private final ReceivingPart part;
  private final Consumer<HeldContent> unread;
  private final Runnable onOver;
  private final InboundPipe pipe;
  // Before anybody has accepted the stream its bytes stay where they are.
  private boolean flowing;
  private boolean over;

  /**
   * @param unread is given what has arrived and nobody may have read, when all has
   * @param onOver told when nothing more comes from the stream
   */
  StreamInlet(
      WebTransportDriver driver,
      ReceivingPart part,
      Consumer<HeldContent> unread,
      Runnable onOver) {
    this.unread = unread;
    this.part = part;
    this.onOver = onOver;
    this.pipe =
        new InboundPipe(
            CAPACITY, () -> driver.onLoop(this::fill), () -> driver.onLoop(() -> stop(NO_CODE)));
  }

  boolean isOver() {
    return over;
  }

  InboundPipe pipe() {
    return pipe;
  }

  /** Somebody reads it from now on. */
  void start() {
    flowing = true;
    fill();
  }

  /** The stream has something, or the pipe has room. */
  void fill() {
    if (flowing && !over) {
      settle(pipe.fill(part::take));
    }
  }

  /** The session has ended: the rest goes to the reader, who need not ask the loop for it. */
  void fillAll() {
    if (!over) {
      settle(pipe.fillAll(part::take));
    }
  }

  void stop(long code) {
    if (!over) {
      part.stop(code);
      finish();
    }
  }

  private void settle(InboundPipe.Filled filled) {
    switch (filled) {
      case SOURCE_EMPTY, PIPE_FULL -> {}
      case SOURCE_ENDED -> finish();
      case ABANDONED -> stop(NO_CODE);
    }
  }

  private void finish() {
    over = true;
    SessionStreamEnding ending = part.ending();
    if (ending instanceof SessionStreamEnding.Finished) {
      pipe.end();
    } else {
      pipe.fail(() -> new SessionStreamEndedException(ending));
    }
    unread.accept(pipe);
    onOver.run();
  }
}
