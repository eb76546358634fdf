package dev.sluice.quic.io;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Makes the sockets of one loop and waits for them. */
interface Poller {

  /**
   * Opens a socket. Any thread.
   *
   * @param local where to bind; port 0 for any, null for any address too
   * @param remote null for a socket that talks to everyone
   */
  UdpSocket open(InetSocketAddress local, InetSocketAddress remote) throws IOException;

  /**
   * Waits until a socket can be read, or can be written to again after its buffer was full, or
   * somebody wakes the poller. The sockets know afterwards which of it they are.
   *
   * @param nanos how long at the most; 0 not to wait at all, {@link Long#MAX_VALUE} for ever
   */
  void await(long nanos) throws IOException;

  /** Ends the present or the next {@link #await}. Any thread. */
  void wakeUp();

  /** Closes the poller, not its sockets. */
  void close() throws IOException;
}
