package dev.sluice.http3.client;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Stands between one client and a server, passes every datagram on unchanged, and on command sends
 * either of them changed copies of what it has seen.
 */
final class HostileRelay implements AutoCloseable {
  private static final int REMEMBERED = 400;

  private final DatagramSocket toClient =
      new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final DatagramSocket toServer =
      new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final SocketAddress server;
  private final List<byte[]> seen = new ArrayList<>();
  private final SplittableRandom random;
  private volatile SocketAddress client;

  HostileRelay(SocketAddress server, SplittableRandom random) throws IOException {
    this.server = server;
    this.random = random;
    Thread.ofVirtual().start(this::fromClient);
    Thread.ofVirtual().start(this::fromServer);
  }

  int port() {
    return toClient.getLocalPort();
  }

  private void fromClient() {
    pump(
        toClient,
        packet -> {
          client = packet.getSocketAddress();
          toServer.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
        });
  }

  private void fromServer() {
    pump(
        toServer,
        packet -> toClient.send(new DatagramPacket(packet.getData(), packet.getLength(), client)));
  }

  private interface Forward {
    void send(DatagramPacket packet) throws IOException;
  }

  private void pump(DatagramSocket from, Forward forward) {
    byte[] buffer = new byte[65_536];
    while (!from.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        from.receive(packet);
        remember(Arrays.copyOf(buffer, packet.getLength()));
        forward.send(packet);
      } catch (IOException e) {
        // Closed, or the other side is not there any more: both end the test's part of it.
      }
    }
  }

  private void remember(byte[] datagram) {
    synchronized (seen) {
      // The handshake stays, since its packets are the ones that anyone can make sense of.
      if (seen.size() < REMEMBERED) {
        seen.add(datagram);
      }
    }
  }

  /** Sends so many hostile datagrams to both sides. */
  void attack(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      byte[] hostile = hostile();
      if (random.nextBoolean()) {
        toServer.send(new DatagramPacket(hostile, hostile.length, server));
      } else {
        toClient.send(new DatagramPacket(hostile, hostile.length, client));
      }
    }
  }

  private byte[] hostile() {
    byte[] datagram = some();
    switch (random.nextInt(4)) {
      case 0 -> {
        datagram = new byte[random.nextInt(1, 1400)];
        random.nextBytes(datagram);
      }
      case 1 -> datagram = Arrays.copyOf(datagram, random.nextInt(1, datagram.length + 1));
      case 2 -> {
        byte[] other = some();
        int at = random.nextInt(datagram.length);
        System.arraycopy(other, 0, datagram, at, Math.min(other.length, datagram.length - at));
      }
      default -> {
        for (int flips = random.nextInt(1, 10); flips > 0; flips--) {
          int reach = random.nextBoolean() ? Math.min(50, datagram.length) : datagram.length;
          datagram[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return datagram;
  }

  private byte[] some() {
    synchronized (seen) {
      return seen.get(random.nextInt(seen.size())).clone();
    }
  }

  @Override
  public void close() {
    toClient.close();
    toServer.close();
  }
}
