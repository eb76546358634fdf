package dev.sluice.http3.session;

import dev.sluice.http3.message.Priority;
import dev.sluice.http3.webtransport.SendingPart;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.quic.io.OutboundPipe;
import java.util.concurrent.CompletableFuture;

/** The loop's side of a stream's sending part: moves what was written from the pipe into it. */
final class StreamOutlet {
  /** As for {@link StreamInlet}. */
  private static final int CAPACITY = 256 << 10;

  /** Every write tells the loop, if it has not been told: nothing waits for a flush. */
  private static final int THRESHOLD = 1;

  /** For a writer that was interrupted and closes its OutputStream: it has no code to give. */
  private static final long NO_CODE = 0;

  private final SendingPart part;
  private final Runnable onOver;
  private final OutboundPipe pipe;
  private final CompletableFuture<SessionStreamEnding> ended = new CompletableFuture<>();

  /**
   * @param onOver told when nothing more goes into the stream, nor waits for its acknowledgement
   */
  StreamOutlet(WebTransportDriver driver, SendingPart part, Runnable onOver) {
    this.part = part;
    this.onOver = onOver;
    this.pipe =
        new OutboundPipe(
            CAPACITY, THRESHOLD, () -> driver.onLoop(this::drain), driver.loop().writerChunks());
  }

  OutboundPipe pipe() {
    return pipe;
  }

  CompletableFuture<SessionStreamEnding> ended() {
    return ended;
  }

  boolean isOver() {
    return ended.isDone();
  }

  /** There are bytes in the pipe, or room in the stream. */
  void drain() {
    if (part.ending() != null) {
      return;
    }
    switch (pipe.hand(part::adopt)) {
      case PIPE_EMPTY, SINK_FULL, ENDED -> {}
      case FINISHED -> part.finish();
      case CUT -> reset(NO_CODE);
    }
  }

  void reset(long code) {
    if (part.ending() == null) {
      part.reset(code);
      onEnded();
    }
  }

  void setPriority(Priority priority) {
    if (part.ending() == null) {
      part.setPriority(priority);
    }
  }

  /** It is over, whoever ended it. */
  void onEnded() {
    SessionStreamEnding ending = part.ending();
    if (ending != null && !isOver()) {
      pipe.fail(() -> new SessionStreamEndedException(ending));
      ended.complete(ending);
      onOver.run();
    }
  }
}
