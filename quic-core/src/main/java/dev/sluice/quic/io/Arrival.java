package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.endpoint.Endpoint;
import java.io.IOException;
import java.util.List;

/** What comes to a socket, on its way to the endpoint. On the loop's thread. */
final class Arrival {
  /**
   * How long deadlines wait for what came before them, in nanoseconds: more than the system's
   * buffer takes to read. What comes all the time does not keep them for ever.
   */
  private static final long LONGEST_BEHIND = 1_000_000_000;

  private final EventLoop loop;
  private final Endpoint endpoint;
  private final SocketSet socket;
  private final StrayQueue strays;
  private final Runnable answer;
  private boolean behind;
  private long behindUntil;

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

  /**
   * Whether deadlines have to wait: they passed while the process stood still, and there is more of
   * what came meanwhile.
   */
  boolean isBehind(long now) {
    if (!behind && loop.isLate(endpoint.nextDeadline())) {
      behind = true;
      behindUntil = now + LONGEST_BEHIND;
    }
    behind &= socket.isReadable() && now < behindUntil;
    return behind;
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
