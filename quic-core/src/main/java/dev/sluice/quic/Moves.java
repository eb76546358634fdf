package dev.sluice.quic;

import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.io.LoopConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Those who wait for a connection to move to another local address. On the loop's thread. */
final class Moves {
  private final Map<InetSocketAddress, CompletableFuture<Void>> waiting = new HashMap<>();

  void begin(LoopConnection connection, InetSocketAddress bind, CompletableFuture<Void> moved) {
    try {
      waiting.put(connection.migrate(bind), moved);
    } catch (IOException | RuntimeException e) {
      moved.completeExceptionally(e);
    }
  }

  void onEvent(QuicEvent.PathChanged event) {
    CompletableFuture<Void> moved = waiting.remove(event.local());
    if (moved != null) {
      moved.complete(null);
    }
  }

  void onEvent(QuicEvent.MigrationFailed event) {
    CompletableFuture<Void> moved = waiting.remove(event.local());
    if (moved != null) {
      moved.completeExceptionally(
          new IOException("cannot move to " + event.local() + ": " + event.reason()));
    }
  }

  void end(Supplier<ConnectionEndedException> reason) {
    waiting.values().forEach(moved -> moved.completeExceptionally(reason.get()));
    waiting.clear();
  }
}
