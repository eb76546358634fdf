package dev.sluice.peers;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out whether a QUIC server answers, by asking for a version that none has: every server
 * replies to that with Version Negotiation (RFC 8999 §6), and keeps nothing.
 */
public final class VersionProbe {
  /** Until it asks again. What a busy machine answers later is lost, so this must not be short. */
  private static final int PATIENCE_MILLIS = 1_000;

  private static final long PAUSE_NANOS = 20_000_000;

  private VersionProbe() {}

  /** Asks at a port of the loopback interface until an answer comes. */
  public static void await(int port, Duration limit, PeerProcess peer) throws IOException {
    await(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), limit, peer);
  }

  /** Asks until an answer comes. */
  public static void await(InetSocketAddress server, Duration limit, PeerProcess peer)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!answers(server)) {
      peer.requireRunning();
      if (System.nanoTime() > deadline) {
        throw peer.failure("does not answer at " + server);
      }
    }
    peer.requireRunning();
  }

  private static boolean answers(InetSocketAddress server) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.setSoTimeout(PATIENCE_MILLIS);
      // RFC 9000 §14.1: smaller datagrams need not be answered.
      byte[] probe = new byte[1200];
      probe[0] = (byte) 0xc0;
      probe[1] = probe[2] = probe[3] = probe[4] = 0x1a;
      // Connection IDs of 8 bytes each, all zero.
      probe[5] = 8;
      probe[14] = 8;
      socket.send(new DatagramPacket(probe, probe.length));
      byte[] reply = new byte[1500];
      socket.receive(new DatagramPacket(reply, reply.length));
      return reply[0] < 0 && reply[1] == 0 && reply[2] == 0 && reply[3] == 0 && reply[4] == 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (PortUnreachableException e) {
      LockSupport.parkNanos(PAUSE_NANOS);
      return false;
    }
  }
}
