package dev.sluice.quic;

import dev.sluice.quic.io.EventLoop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waits for the loop's answer; what makes the blocking methods out of the asynchronous ones. */
final class Blocking {
  private Blocking() {}

  /**
   * Waits for a result. A result that comes along with an interrupt is not lost.
   *
   * @throws InterruptedIOException the thread was interrupted; its mark stays set
   * @throws IllegalStateException the caller is on a loop, which must not wait
   */
  static <T> T await(CompletableFuture<T> result) throws IOException {
    refuseInLoop(result);
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (result.cancel(false)) {
        throw new InterruptedIOException("interrupted while waiting for the connection");
      }
      return now(result);
    } catch (ExecutionException e) {
      throw rethrow(e.getCause());
    }
  }

  /** The same for answers that come in any case, and soon. */
  static <T> T awaitSoon(CompletableFuture<T> result) {
    refuseInLoop(result);
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Whoever is refused gets no result: so it is left to others. */
  private static void refuseInLoop(CompletableFuture<?> result) {
    if (result.isDone()) {
      return;
    }
    try {
      EventLoop.refuseToWait();
    } catch (IllegalStateException e) {
      result.cancel(false);
      throw e;
    }
  }

  private static <T> T now(CompletableFuture<T> done) throws IOException {
    if (done.isCompletedExceptionally()) {
      throw rethrow(done.exceptionNow());
    }
    return done.resultNow();
  }

  private static IOException rethrow(Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      // Made on the loop's thread: one with the caller's stack says more.
      case ConnectionEndedException e -> {
        ConnectionEndedException here = new ConnectionEndedException(e.ending());
        here.initCause(e.getCause());
        yield here;
      }
      case IOException e -> e;
      default -> new IOException(cause);
    };
  }
}
