package dev.sluice.quic.io;

import dev.sluice.quic.connection.QuicEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Those who wait for a connection to move to another local address. Whoever takes the connection's
 * events tells this of those that matter. On the loop's thread.
 */
public final class Moves {
  private final Map<InetSocketAddress, CompletableFuture<Void>> waiting = new HashMap<>();

  /**
   * Begins to move ({@link LoopConnection#migrate}).
   *
   * @param moved completes once the connection sends from there, exceptionally when it cannot
   */
  public void begin(
      LoopConnection connection, InetSocketAddress bind, CompletableFuture<Void> moved) {
    try {
      waiting.put(connection.migrate(bind), moved);
    } catch (IOException | RuntimeException e) {
      moved.completeExceptionally(e);
    }
  }

  /** The connection takes another path. */
  public void onEvent(QuicEvent.PathChanged event) {
    CompletableFuture<Void> moved = waiting.remove(event.local());
    if (moved != null) {
      moved.complete(null);
    }
  }

  /** The connection stays where it is. */
  public void onEvent(QuicEvent.MigrationFailed event) {
    CompletableFuture<Void> moved = waiting.remove(event.local());
    if (moved != null) {
      moved.completeExceptionally(
          new IOException("cannot move to " + event.local() + ": " + event.reason()));
    }
  }

  /** The connection has ended. */
  public void end(Supplier<? extends Throwable> reason) {
    waiting.values().forEach(moved -> moved.completeExceptionally(reason.get()));
    waiting.clear();
  }
}
