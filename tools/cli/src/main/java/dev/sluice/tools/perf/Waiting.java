package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for what callbacks or other threads bring. */
final class Waiting {
  private Waiting() {}

  /**
   * Waits for a result.
   *
   * @throws IOException it is one, or has another failure as its cause
   */
  static <T> T result(CompletableFuture<T> result) throws IOException, InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }
}
