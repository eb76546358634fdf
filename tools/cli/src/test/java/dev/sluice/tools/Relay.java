package dev.sluice.tools;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Passes datagrams between one client and a server until it is told to swallow them. */
final class Relay implements AutoCloseable {
  private static final int LARGEST = 65536;

  private final DatagramSocket front;
  private final DatagramSocket back;
  private volatile InetSocketAddress client;
  private volatile boolean silent;

  Relay(InetSocketAddress server) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    front = new DatagramSocket(any);
    back = new DatagramSocket(any);
    Thread.ofPlatform().daemon().start(() -> pass(front, back, server));
    Thread.ofPlatform().daemon().start(() -> pass(back, front, null));
  }

  int port() {
    return front.getLocalPort();
  }

  /** From now on nothing comes through, as if the cable were cut. */
  void cut() {
    silent = true;
  }

  private void pass(DatagramSocket from, DatagramSocket to, InetSocketAddress server) {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    try {
      while (true) {
        packet.setLength(LARGEST);
        from.receive(packet);
        if (server != null) {
          client = (InetSocketAddress) packet.getSocketAddress();
        }
        if (!silent) {
          packet.setSocketAddress(server != null ? server : client);
          to.send(packet);
        }
      }
    } catch (IOException closed) {
      front.close();
      back.close();
    }
  }

  @Override
  public void close() {
    front.close();
    back.close();
  }
}
