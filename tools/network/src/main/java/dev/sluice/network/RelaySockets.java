package dev.sluice.network;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Sockets of a relay, for all of which one thread waits. Java's own know nothing of ECN marks;
 * whoever has others can put a relay on them.
 */
public interface RelaySockets extends AutoCloseable {

  /** One socket. */
  interface Port {
    /** Where it is bound. Any thread. */
    InetSocketAddress address();

    /** Sends a datagram, or drops it where there is no room. On the waiting thread. */
    void send(Datagram datagram, InetSocketAddress to) throws IOException;

    /** Closes it. Any thread. */
    void close();
  }

  /** Told of what comes to a socket, on the waiting thread. */
  @FunctionalInterface
  interface Arrivals {
    /**
     * A datagram has come.
     *
     * @param bytes given away
     * @param ecn its two ECN bits; 0 where they are not known
     */
    void arrived(InetSocketAddress from, byte[] bytes, int ecn) throws IOException;
  }

  /** Java's own, which know nothing of ECN marks. */
  static RelaySockets ofJava() throws IOException {
    return new ChannelSockets();
  }

  /** Opens a socket with room for what a burst brings. Any thread. */
  Port open(InetSocketAddress local, Arrivals arrivals) throws IOException;

  /**
   * Waits until something has come or somebody has opened a socket, and hands over what came.
   *
   * @param nanos how long at the most
   * @return false when it was closed
   */
  boolean await(long nanos) throws IOException;

  /** Ends the waiting, and closes all sockets. Any thread. */
  @Override
  void close() throws IOException;
}
