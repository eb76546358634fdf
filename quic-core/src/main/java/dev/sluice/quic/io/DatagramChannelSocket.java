package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * The portable socket: one system call a datagram. It does not tell or set ECN bits, since the JDK
 * does not.
 */
final class DatagramChannelSocket implements UdpSocket {

  /**
   * What the kernel may hold for us while the loop is busy: at a gigabyte a second this is four
   * milliseconds. The system may give less.
   */
  private static final int BUFFER = 4 << 20;

  private final DatagramChannel channel;
  private final SelectionKey key;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final ByteBuffer transfer = ByteBuffer.allocateDirect(65_536);

  private DatagramChannelSocket(
      DatagramChannel channel,
      SelectionKey key,
      InetSocketAddress local,
      InetSocketAddress remote) {
    this.channel = channel;
    this.key = key;
    this.local = local;
    this.remote = remote;
  }

  static DatagramChannelSocket open(
      Selector selector, InetSocketAddress local, InetSocketAddress remote) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
      channel.bind(local);
      if (remote != null) {
        channel.connect(remote);
      }
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      return new DatagramChannelSocket(
          channel, key, (InetSocketAddress) channel.getLocalAddress(), remote);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public boolean receive(DatagramBatch into) throws IOException {
    while (into.hasRoom()) {
      transfer.clear();
      InetSocketAddress from = receiveOne();
      if (from == null) {
        return false;
      }
      transfer.flip();
      int length = transfer.remaining();
      if (length > 0 && length <= into.slotSize()) {
        transfer.get(into.buffer(), into.nextOffset(), length);
        into.add(length, null, from, 0);
      }
    }
    return true;
  }

  private InetSocketAddress receiveOne() throws IOException {
    try {
      if (remote != null) {
        return channel.read(transfer) == 0 && transfer.position() == 0 ? null : remote;
      }
      return (InetSocketAddress) channel.receive(transfer);
    } catch (PortUnreachableException e) {
      throw new UnreachableException("nobody listens at " + remote, e);
    }
  }

  @Override
  public int send(DatagramBatch batch, int from) throws IOException {
    for (int i = from; i < batch.count(); i++) {
      transfer.clear();
      transfer.put(batch.buffer(), batch.offset(i), batch.length(i));
      transfer.flip();
      if (!sendOne(batch.remote(i))) {
        return i;
      }
    }
    return batch.count();
  }

  private boolean sendOne(InetSocketAddress to) throws IOException {
    try {
      int sent = remote != null ? channel.write(transfer) : channel.send(transfer, to);
      return sent > 0;
    } catch (PortUnreachableException e) {
      throw new UnreachableException("nobody listens at " + to, e);
    } catch (IOException e) {
      // Too large for the path, forbidden by a filter, no route just now: lost, as far as QUIC is
      // concerned, and repaired or given up by its own timers.
      return true;
    }
  }

  @Override
  public void awaitWritable(boolean wanted) {
    if (key.isValid()) {
      key.interestOps(wanted ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
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
