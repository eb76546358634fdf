package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;

/** Makes the sockets of one loop and waits for them. */
public interface Poller {

  /** Opens a socket. Any thread. */
  UdpSocket open(Binding binding) throws IOException;

  /** What its sockets are built on, for people: the system's features that they make use of. */
  String description();

  /**
   * A batch with room for what {@link UdpSocket#receive} brings in one call.
   *
   * @param largest the largest datagram that is of interest, in bytes
   */
  DatagramBatch newReceiveBatch(int largest);

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
