package dev.sluice.tools.perf;

import dev.sluice.quic.ConnectionHandler;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;

/** The server's side of {@link PerfProtocol} over raw QUIC. */
final class PerfService implements ConnectionHandler {

  @Override
  public void handle(QuicConnection connection) throws IOException {
    Thread.startVirtualThread(() -> echoDatagrams(connection));
    while (true) {
      QuicStream stream = connection.acceptStream();
      if (stream.isWritable()) {
        Thread.startVirtualThread(() -> serve(stream));
      } else {
        stream.stopSending(0);
      }
    }
  }

  private static void echoDatagrams(QuicConnection connection) {
    try {
      while (true) {
        connection.sendDatagramAsync(connection.receiveDatagram());
      }
    } catch (IOException e) {
      // The connection has ended, which handle() hears of as well.
    }
  }

  private static void serve(QuicStream stream) {
    try {
      StreamExchange.serve(stream.inputStream(), stream.outputStream());
    } catch (IOException e) {
      stream.reset(0); // the client has enough, or is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
