package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.endpoint.Siblings;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Binding.Sharing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One UDP port that several loops serve, each with a socket of its own. The system gives all
 * datagrams of one peer's address to one of them; what comes to the wrong one since a peer has
 * moved is handed over, by the number that the connection ID carries ({@link Siblings}).
 */
public final class SharedPort {
  private final List<QuicSocket> sockets = new ArrayList<>();

  private SharedPort() {}

  /**
   * Opens a socket on each loop.
   *
   * @param bind the local address; port 0 for any, the same one for all
   * @param config of all of them, keys included; each gets its own number in it
   * @return the sockets in the order of the loops
   * @throws IOException the address cannot be bound to, or the system does not share ports
   */
  public static List<QuicSocket> open(
      List<EventLoop> loops, InetSocketAddress bind, EndpointConfig config) throws IOException {
    if (loops.size() == 1) {
      return List.of(QuicSocket.open(loops.getFirst(), bind, config));
    }
    SharedPort port = new SharedPort();
    try {
      port.open(loops, bind, config, Siblings.first(loops.size(), config.random()));
    } catch (IOException | RuntimeException e) {
      port.sockets.forEach(QuicSocket::close);
      throw e;
    }
    return List.copyOf(port.sockets);
  }

  /**
   * Listens at further addresses as well, those that a server prefers (RFC 9000 §9.6).
   *
   * @param sockets all that serve one address; what comes at a preferred one is for their
   *     connections
   * @throws IOException an address cannot be bound to
   */
  public static void listenAlsoAt(List<QuicSocket> sockets, List<InetSocketAddress> preferred)
      throws IOException {
    for (InetSocketAddress address : preferred) {
      Sharing sharing = sockets.size() == 1 ? Sharing.ALONE : Sharing.FIRST;
      for (QuicSocket socket : sockets) {
        socket.listenAlsoAt(address, sharing);
        sharing = Sharing.JOINING;
      }
    }
  }

  private void open(
      List<EventLoop> loops, InetSocketAddress bind, EndpointConfig config, Siblings first)
      throws IOException {
    Siblings number = first;
    InetSocketAddress address = bind;
    for (EventLoop loop : loops) {
      Sharing sharing = sockets.isEmpty() ? Sharing.FIRST : Sharing.JOINING;
      QuicSocket socket =
          QuicSocket.register(
              loop,
              loop.poller().open(new Binding(address, null, sharing)),
              null,
              config.withSiblings(number));
      address = socket.localAddress();
      sockets.add(socket);
      number = sockets.size() < loops.size() ? number.next() : number;
    }
    for (QuicSocket socket : sockets) {
      socket.loop().execute(() -> socket.onStray(this::handOver));
    }
  }

  private void handOver(int owner, DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    sockets
        .get(owner)
        .stray(
            new Stray(
                Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(index)),
                batch.local(index),
                batch.remote(index),
                batch.ecn(index)));
  }

  /** A datagram on its way from one loop to another. */
  record Stray(byte[] datagram, InetSocketAddress local, InetSocketAddress remote, int ecn) {

    void addTo(DatagramBatch batch) {
      System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
      batch.add(datagram.length, local, remote, ecn);
    }
  }
}
