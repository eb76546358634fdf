package dev.sluice.tools.perf;

import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@link PerfProtocol} over raw QUIC.
 *
 * @param callbacks whether exchanges happen on the connection's loop; else threads read and write
 */
record QuicPerfConnection(QuicConnection connection, boolean callbacks) implements PerfConnection {

  @Override
  public void exchange(Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    QuicStream stream = connection.openBidirectional();
    if (callbacks) {
      Waiting.result(CallbackExchange.ask(stream, source, wanted, sink));
    } else if (!StreamExchange.ask(
        stream.inputStream(), stream.outputStream(), source, wanted, sink)) {
      stream.stopSending(0);
    }
  }

  @Override
  public Optional<Asker> asker() {
    return callbacks ? Optional.of(this::ask) : Optional.empty();
  }

  private CompletableFuture<Void> ask(long wanted) {
    return connection
        .openBidirectionalAsync()
        .thenCompose(
            stream -> CallbackExchange.ask(stream, Source.NOTHING, wanted, received -> true));
  }

  @Override
  public boolean sendDatagram(byte[] data) {
    return connection.sendDatagram(data);
  }

  @Override
  public byte[] receiveDatagram() throws IOException {
    return connection.receiveDatagram();
  }

  @Override
  public Usage usage(boolean collect) throws IOException {
    QuicStream stream = connection.openBidirectional();
    return StreamExchange.askUsage(stream.inputStream(), stream.outputStream(), collect);
  }

  @Override
  public void close() {
    connection.close();
  }
}
