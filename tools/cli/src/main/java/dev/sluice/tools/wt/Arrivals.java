package dev.sluice.tools.wt;

import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.tools.CommandException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the server sends of its own accord, where nothing says which is the last.
 *
 * @param next asks for another one
 * @param taker is given each, in order
 */
record Arrivals<T>(Supplier<CompletableFuture<T>> next, Taker<T> taker) {

  /** What becomes of one. */
  @FunctionalInterface
  interface Taker<T> {
    void take(T arrived) throws CommandException, IOException;
  }

  /**
   * Takes what comes until everything was sent and then nothing came for a while, or the server has
   * closed the session with code 0 after everything was sent.
   */
  void takeUntilQuiet(Sending sending, Duration quiet)
      throws CommandException, IOException, InterruptedException {
    CompletableFuture<T> coming = next.get();
    try {
      while (true) {
        awaitEither(coming, sending.done());
        if (!coming.isDone()) {
          Sending.await(sending.done());
          if (!arrives(coming, quiet)) {
            return;
          }
        }
        taker.take(Sending.await(coming));
        coming = next.get();
      }
    } catch (SessionEndedException e) {
      // The end of the input may be as near as that of the session.
      arrives(sending.done(), quiet);
      sending.throwOwnFailure();
      boolean inOrder =
          e.ending() instanceof SessionEnding.Closed(Side by, long code, var reason)
              && by == Side.PEER
              && code == 0;
      if (!inOrder || !sending.isComplete()) {
        throw e;
      }
    }
  }

  private static void awaitEither(CompletableFuture<?> one, CompletableFuture<?> other)
      throws InterruptedException {
    try {
      CompletableFuture.anyOf(one, other).get();
    } catch (ExecutionException e) {
      // Whoever asks it for its result hears of it.
    }
  }

  private static boolean arrives(CompletableFuture<?> coming, Duration quiet)
      throws InterruptedException {
    try {
      coming.get(quiet.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // As above.
    }
    return true;
  }
}
