package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A UDP socket that moves many datagrams a call. It never blocks; whoever drives it waits with the
 * {@link Poller} that it was made for. Used on the loop's thread.
 */
interface UdpSocket {

  /** The address that it is bound to. */
  InetSocketAddress localAddress();

  /**
   * Adds what has arrived to the batch, as far as there is room.
   *
   * @return whether there may be more
   * @throws UnreachableException the system says that nobody listens at the other end; only on a
   *     connected socket
   */
  boolean receive(DatagramBatch into) throws IOException;

  /**
   * Sends datagrams of the batch, beginning with number {@code from}.
   *
   * @return the number of the first that was not sent, since the system's buffer is full; the
   *     batch's count when all were. A datagram that the system refuses counts as sent: to QUIC it
   *     is lost
   * @throws UnreachableException as for {@link #receive}
   */
  int send(DatagramBatch batch, int from) throws IOException;

  /** Whether the poller is to wake when the system's buffer has room again. */
  void awaitWritable(boolean wanted);

  /** Closes the socket. */
  void close();

  /** Nobody listens at the other end of a connected socket (ICMP port unreachable). */
  final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String reason, Throwable cause) {
      super(reason, cause);
    }
  }
}
