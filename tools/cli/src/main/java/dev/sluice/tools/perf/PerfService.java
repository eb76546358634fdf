package dev.sluice.tools.perf;

import dev.sluice.quic.ConnectionHandler;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The server's side of {@link PerfProtocol} over raw QUIC, all of it in callbacks: a connection
 * that has nothing to do costs no thread.
 */
final class PerfService implements ConnectionHandler {

  @Override
  public void handle(QuicConnection connection) {
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

  /** Does something with each that comes, until the connection ends. */
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
