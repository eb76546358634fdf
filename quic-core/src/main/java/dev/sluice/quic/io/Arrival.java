package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.endpoint.Endpoint;
import java.io.IOException;
import java.util.List;

/** What comes to a socket, on its way to the endpoint. On the loop's thread. */
final class Arrival {
  /** More batches than fit into the system's buffer: what comes meanwhile may wait its turn. */
  private static final int FULL_BUFFER = 1000;

  private final EventLoop loop;
  private final Endpoint endpoint;
  private final SocketSet socket;
  private final StrayQueue strays;
  private final Runnable answer;

  /**
   * @param answer lets connections say what they have to, between the handshakes of a batch
   */
  Arrival(EventLoop loop, Endpoint endpoint, SocketSet socket, StrayQueue strays, Runnable answer) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.socket = socket;
    this.strays = strays;
    this.answer = answer;
  }

  /** Takes in a batch of what has arrived, here or at other loops. */
  void receive(long now) throws IOException {
    DatagramBatch in = loop.received();
    if (!strays.isEmpty()) {
      strays.drainTo(in);
      hand(in, now);
    }
    if (!socket.isReadable()) {
      return;
    }
    try {
      socket.receive(in);
    } finally {
      hand(in, now);
    }
    onRefusal(now);
  }

  /** Takes in all that has arrived. */
  void receiveAll(long now) throws IOException {
    receive(now);
    for (int i = 1; i < FULL_BUFFER && socket.isReadable(); i++) {
      receive(now);
    }
  }

  private void hand(DatagramBatch in, long now) {
    try {
      for (int next = 0; next < in.count(); ) {
        next = endpoint.receive(in, next, now);
        if (next < in.count()) {
          answer.run();
        }
      }
    } finally {
      in.clear(); // also of what nobody could take in: it would be met again in each turn
    }
  }

  /**
   * The system says that the peer cannot be reached.
   *
   * @return whether that was so; connections may have events then
   */
  boolean onRefusal(long now) {
    String refusal = socket.takeRefusal();
    if (refusal == null) {
      return false;
    }
    for (Connection connection : List.copyOf(endpoint.connections())) {
      connection.onUnreachable(refusal, now);
      endpoint.touch(connection);
    }
    return true;
  }
}
