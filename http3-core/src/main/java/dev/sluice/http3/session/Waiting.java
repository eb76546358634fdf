package dev.sluice.http3.session;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Makes the blocking methods out of the asynchronous ones. */
final class Waiting {
  private Waiting() {}

  /**
   * Waits for a result.
   *
   * @throws InterruptedIOException the thread was interrupted; its mark stays set
   */
  static <T> T on(CompletableFuture<T> result) throws IOException {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (result.cancel(false)) {
        throw new InterruptedIOException("interrupted while waiting for the session");
      }
      return result.join();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** An exception that was made on the loop's thread, with the caller's stack. */
  private static IOException failure(Throwable cause) {
    return switch (cause) {
      case SessionEndedException e -> new SessionEndedException(e.ending());
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new IOException(cause);
    };
  }
}
