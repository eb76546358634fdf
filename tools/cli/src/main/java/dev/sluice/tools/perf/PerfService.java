package dev.sluice.tools.perf;

import dev.sluice.quic.ConnectionHandler;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;
import java.nio.ByteBuffer;

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
      byte[] head = stream.inputStream().readNBytes(Long.BYTES);
      if (head.length < Long.BYTES) {
        stream.reset(0);
        return;
      }
      long wanted = ByteBuffer.wrap(head).getLong();
      if (wanted == PerfProtocol.USAGE || wanted == PerfProtocol.USAGE_AFTER_COLLECTION) {
        stream.outputStream().write(StreamExchange.usage(wanted).encode());
        stream.finish();
        return;
      }
      CallbackExchange.serve(stream, wanted)
          .whenComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  stream.reset(0); // the client has enough, or is gone
                }
              });
    } catch (IOException e) {
      stream.reset(0);
    }
  }
}
