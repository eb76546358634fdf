package dev.sluice.peers;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * UDP ports for peers that want to be told one. They lie below those that the system gives to
 * sockets that ask for any: otherwise, until the peer has started, another program could get the
 * port, and a server that is not the peer would answer. For the same reason no port is given twice
 * in a while: two peers may be starting at once.
 */
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 1_000;

  /** Counts on from anywhere, so that neither do two programs get the same. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(LAST - FIRST));

  private FreePort() {}

  /** A port that was free a moment ago, on all addresses. */
  public static int udp() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST);
      try (DatagramSocket socket = new DatagramSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Try another.
      }
    }
    throw new IOException("no free UDP port from " + FIRST + " to " + LAST);
  }
}
