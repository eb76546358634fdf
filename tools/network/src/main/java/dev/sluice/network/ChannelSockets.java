package dev.sluice.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** Java's sockets, without ECN marks. */
final class ChannelSockets implements RelaySockets {
  private static final int LARGEST = 65_535;
  private static final int SOCKET_BUFFER = 4 << 20;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);

  ChannelSockets() throws IOException {
    selector = Selector.open();
  }

  private record ChannelPort(DatagramChannel channel, InetSocketAddress address) implements Port {
    @Override
    public void send(Datagram datagram, InetSocketAddress to) throws IOException {
      channel.send(ByteBuffer.wrap(datagram.bytes()), to);
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public Port open(InetSocketAddress local, Arrivals arrivals) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
    channel.bind(local);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, arrivals);
    selector.wakeup();
    return new ChannelPort(channel, (InetSocketAddress) channel.getLocalAddress());
  }

  @Override
  public boolean await(long nanos) throws IOException {
    try {
      selector.select(this::receive, Math.max(1, nanos / NANOS_PER_MILLI));
      return selector.isOpen();
    } catch (ClosedSelectorException e) {
      return false;
    }
  }

  private void receive(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    Arrivals arrivals = (Arrivals) key.attachment();
    try {
      buffer.clear();
      for (SocketAddress from = channel.receive(buffer);
          from != null;
          from = channel.receive(buffer)) {
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        arrivals.arrived((InetSocketAddress) from, bytes, 0);
        buffer.clear();
      }
    } catch (IOException e) {
      // A socket that was closed, or an ICMP message.
    }
  }

  @Override
  public void close() throws IOException {
    if (!selector.isOpen()) {
      return;
    }
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
