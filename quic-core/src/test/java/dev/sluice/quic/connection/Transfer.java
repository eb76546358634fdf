package dev.sluice.quic.connection;

import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.util.HashMap;
import java.util.Map;

/**
 * The simplest application: the client sends so many bytes on a stream of its own, the server sends
 * so many back, and both check every byte. The client closes when it has everything.
 */
final class Transfer {
  private final int size;
  private final Map<Connection, Half> halves = new HashMap<>();
  private int finished;

  Transfer(int size) {
    this.size = size;
  }

  /** How many directions have arrived whole. */
  int finished() {
    return finished;
  }

  /** Takes all events of a connection of either side. */
  void onEvents(Connection connection) {
    Half half = halves.computeIfAbsent(connection, Half::new);
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      half.on(e);
    }
  }

  /** One side's part. */
  private final class Half {
    private final Connection connection;
    private final byte[] chunk = new byte[16_384];
    private SendStream send;
    private RecvStream recv;
    private int written;
    private int read;
    private boolean sent;
    private boolean received;

    Half(Connection connection) {
      this.connection = connection;
    }

    void on(QuicEvent event) {
      switch (event) {
        case QuicEvent.HandshakeComplete e when connection.isClient() -> {
          BidiStream stream = connection.openBidi();
          send = stream.send();
          recv = stream.recv();
          write();
        }
        case QuicEvent.PeerOpened(RecvStream in, SendStream out) -> {
          recv = in;
          send = out;
          write();
        }
        case QuicEvent.Writable e -> write();
        case QuicEvent.Readable e -> read();
        case QuicEvent.SendCompleted e -> {
          sent = true;
          closeWhenDone();
        }
        default -> {}
      }
    }

    private void write() {
      while (written < size) {
        int length = Math.min(chunk.length, size - written);
        for (int i = 0; i < length; i++) {
          chunk[i] = pattern(written + i);
        }
        int taken = send.write(chunk, 0, length);
        written += taken;
        if (taken < length) {
          return;
        }
      }
      send.finish();
    }

    private void read() {
      for (int n = recv.read(chunk, 0, chunk.length);
          n != RecvStream.NOTHING_NOW;
          n = recv.read(chunk, 0, chunk.length)) {
        if (n == RecvStream.ENDED) {
          onEnd();
          return;
        }
        for (int i = 0; i < n; i++) {
          if (chunk[i] != pattern(read + i)) {
            throw new AssertionError("byte " + (read + i) + " is wrong");
          }
        }
        read += n;
      }
    }

    private void onEnd() {
      if (!(recv.ending() instanceof StreamEnding.Finished) || read != size) {
        throw new AssertionError("after " + read + " bytes: " + recv.ending());
      }
      finished++;
      received = true;
      closeWhenDone();
    }

    private void closeWhenDone() {
      if (connection.isClient() && sent && received) {
        connection.close(0, "done");
      }
    }
  }

  private static byte pattern(int index) {
    return (byte) (index * 31 + (index >> 8));
  }
}
