package dev.sluice.quic.io.udp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Sockets of one way of moving datagrams, for a test that waits for what it has sent. */
final class Sockets {
  /** Nanoseconds in which whatever is waited for has long happened. */
  static final long LONG = 20_000_000_000L;

  static final InetSocketAddress IPV4 = address("127.0.0.1", 0);
  static final InetSocketAddress IPV6 = address("::1", 0);

  private final List<UdpSocket> sockets = new ArrayList<>();
  private Poller poller;

  /** Once, at the start of a test. */
  Poller begin(Way way) throws IOException {
    poller = way.opening().open();
    return poller;
  }

  /** After the test. */
  void close() throws IOException {
    sockets.forEach(UdpSocket::close);
    if (poller != null) {
      poller.close();
    }
  }

  static InetSocketAddress address(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  UdpSocket open(InetSocketAddress local, InetSocketAddress remote) throws IOException {
    return open(Binding.alone(local, remote));
  }

  UdpSocket open(Binding binding) throws IOException {
    UdpSocket socket = poller.open(binding);
    sockets.add(socket);
    return socket;
  }

  /** A socket at whose address nobody listens any more. */
  UdpSocket closed() throws IOException {
    UdpSocket socket = poller.open(Binding.alone(IPV4, null));
    socket.close();
    poller.await(0); // only now a selector lets go of it
    return socket;
  }

  static void add(DatagramBatch batch, byte[] datagram, InetSocketAddress to, int ecn) {
    System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
    batch.add(datagram.length, null, to, ecn);
  }

  static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] datagram(DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    return Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(index));
  }

  /** Receives until that many datagrams are there. */
  List<byte[]> receive(UdpSocket socket, int count, DatagramBatch last) throws IOException {
    List<byte[]> received = new ArrayList<>();
    for (int inVain = 0; received.size() < count; inVain++) {
      assertTrue(inVain < 3, received.size() + " of " + count + " came");
      poller.await(LONG / 10);
      while (socket.isReadable()) {
        last.clear();
        socket.receive(last);
        inVain = last.count() > 0 ? 0 : inVain;
        for (int i = 0; i < last.count(); i++) {
          received.add(datagram(last, i));
        }
      }
    }
    return received;
  }

  void send(UdpSocket socket, DatagramBatch batch) throws IOException {
    int next = socket.send(batch, 0);
    while (next < batch.count()) {
      poller.await(LONG);
      next = socket.send(batch, next);
    }
  }
}
