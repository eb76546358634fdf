package dev.sluice.tools.perf;

import dev.sluice.quic.ConnectionHandler;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
      InputStream in = stream.inputStream();
      byte[] head = in.readNBytes(Long.BYTES);
      if (head.length < Long.BYTES) {
        throw new EOFException("a stream without a number");
      }
      long wanted = ByteBuffer.wrap(head).getLong();
      if (wanted == PerfProtocol.USAGE || wanted == PerfProtocol.USAGE_AFTER_COLLECTION) {
        stream.outputStream().write(usage(wanted).encode());
      } else if (wanted > PerfProtocol.CHUNK) {
        // Both directions at once: neither may wait for the other's flow control.
        Thread sender = Thread.startVirtualThread(() -> send(stream, wanted));
        drain(in);
        sender.join();
      } else {
        drain(in);
        send(stream, wanted);
      }
      stream.finish();
    } catch (IOException e) {
      stream.reset(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Usage usage(long which) {
    return which == PerfProtocol.USAGE ? Usage.now() : Usage.afterCollection();
  }

  private static void send(QuicStream stream, long wanted) {
    try {
      write(stream.outputStream(), wanted);
    } catch (IOException e) {
      // The client has enough, or is gone.
    }
  }

  /** Writes so many bytes. */
  static void write(OutputStream out, long wanted) throws IOException {
    byte[] filling = PerfProtocol.filling();
    for (long left = wanted; left > 0; left -= filling.length) {
      out.write(filling, 0, (int) Math.min(left, filling.length));
    }
  }

  /** Reads to the end. A small request has no content: then nothing large is allocated for it. */
  static void drain(InputStream in) throws IOException {
    if (in.read() >= 0) {
      byte[] chunk = new byte[PerfProtocol.CHUNK];
      while (in.read(chunk) >= 0) {
        // dropped
      }
    }
  }
}
