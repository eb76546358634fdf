package dev.sluice.tools.perf;

import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The server's side of {@link PerfProtocol} over raw QUIC, all of it in callbacks: a connection
 * that has nothing to do costs no thread.
 */
final class PerfService {
  private PerfService() {}

  /** Serves all connections that a server without a handler accepts. */
  static void serve(QuicServer server) {
    each(server::acceptAsync, PerfService::serve);
  }

  private static void serve(QuicConnection connection) {
    each(connection::receiveDatagramAsync, connection::sendDatagramAsync);
    each(connection::acceptStreamAsync, PerfService::serve);
  }

  private static void serve(QuicStream stream) {
    if (stream.isWritable()) {
      CallbackExchange.answer(stream);
    } else {
      stream.stopSending(0);
    }
  }

  /** Does something with each that comes, until there are no more. */
  private static <T> void each(Supplier<CompletableFuture<T>> source, Consumer<T> what) {
    CompletableFuture<T> next = source.get();
    while (next.isDone() && !next.isCompletedExceptionally()) {
      what.accept(next.join());
      next = source.get();
    }
    next.whenComplete(
        (item, end) -> {
          if (end == null) {
            what.accept(item);
            each(source, what);
          }
        });
  }
}
