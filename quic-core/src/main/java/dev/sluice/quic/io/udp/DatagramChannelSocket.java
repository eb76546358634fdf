package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding.Sharing;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * The portable socket: one system call a datagram, for whole batches on a thread of their own
 * ({@link DatagramSender}). It sets ECN bits but does not tell them, nor at which of the host's
 * addresses a datagram arrived, since the JDK does not. A server on a host with several addresses
 * therefore binds to each of them rather than to the wildcard: else answers may leave from an
 * address that the client did not write to.
 */
final class DatagramChannelSocket implements UdpSocket {

  /**
   * What the kernel may hold for us while the loop is busy: at a gigabyte a second this is four
   * milliseconds. The system may give less.
   */
  private static final int BUFFER = 4 << 20;

  static final String DESCRIPTION = "portable: DatagramChannel, one system call a datagram";

  final DatagramChannel channel;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final boolean whole;
  private final DatagramReceiver receiver;
  private final DatagramSender sender;
  private final SizeRefusals sizeRefusals;
  private SelectionKey key;
  private boolean readable;
  private boolean writable = true;
  private String refusal;
  private TooLarge tooLarge = (batch, index) -> {};
  private Runnable ready = () -> {};

  private DatagramChannelSocket(
      DatagramChannel channel,
      ByteBuffer transfer,
      SendingThread thread,
      InetSocketAddress remote,
      boolean whole)
      throws IOException {
    this.channel = channel;
    this.local = (InetSocketAddress) channel.getLocalAddress();
    this.remote = remote;
    this.whole = whole;
    this.sizeRefusals = new SizeRefusals(remote != null);
    this.receiver =
        new DatagramReceiver(
            into ->
                (InetSocketAddress)
                    channel.receive(into), // read cannot tell an empty one from none
            transfer,
            this::onMessage);
    this.sender =
        new DatagramSender(
            new Output(channel, remote != null),
            transfer,
            thread,
            this::onRefused,
            this::onProgress);
  }

  static DatagramChannelSocket open(
      Selector selector, ByteBuffer transfer, SendingThread thread, Binding binding)
      throws IOException {
    binding.requireResolved();
    InetSocketAddress remote = binding.remote();
    DatagramChannel channel = openChannel(binding.local(), remote);
    try {
      channel.configureBlocking(false);
      enlarge(channel);
      boolean whole = forbidFragments(channel);
      if (binding.sharing() == Sharing.JOINING) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.bind(binding.local());
      if (binding.sharing() == Sharing.FIRST) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      if (remote != null) {
        channel.connect(remote);
      }
      DatagramChannelSocket socket =
          new DatagramChannelSocket(channel, transfer, thread, remote, whole);
      socket.key = channel.register(selector, SelectionKey.OP_READ, socket);
      return socket;
    } catch (ClosedSelectorException e) {
      channel.close();
      throw new IOException("the event loop has ended", e);
    } catch (UnsupportedOperationException e) {
      channel.close();
      throw new IOException("this system does not share a port among sockets", e);
    } catch (UnsupportedAddressTypeException e) {
      channel.close();
      throw new IOException(binding.local() + " is not of the same family as " + remote, e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * A wildcard, of either family, means both where the host has both, as everywhere in the JDK; any
   * other IPv4 address gets a socket of its own family.
   */
  private static DatagramChannel openChannel(InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    InetSocketAddress telling = remote != null ? remote : local;
    boolean ipv4 =
        telling != null
            && telling.getAddress() instanceof Inet4Address address
            && !address.isAnyLocalAddress()
            && !isIpv6Wildcard(local);
    ProtocolFamily family = StandardProtocolFamily.INET;
    try {
      return ipv4 ? DatagramChannel.open(family) : DatagramChannel.open();
    } catch (UnsupportedOperationException e) {
      throw new IOException("this host does not speak the address's protocol", e);
    }
  }

  private static boolean isIpv6Wildcard(InetSocketAddress local) {
    return local != null
        && local.getAddress() instanceof Inet6Address address
        && address.isAnyLocalAddress();
  }

  /**
   * RFC 9000 §14: no fragments. Named, since its constant is in a module that need not be there.
   *
   * @return whether the system can be told so
   */
  @SuppressWarnings("unchecked")
  private static boolean forbidFragments(DatagramChannel channel) {
    for (SocketOption<?> option : channel.supportedOptions()) {
      if (option.name().equals("IP_DONTFRAGMENT")) {
        try {
          channel.setOption((SocketOption<Boolean>) option, true);
          return true;
        } catch (IOException e) {
          return false;
        }
      }
    }
    return false;
  }

  private static void enlarge(DatagramChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
    } catch (IOException e) {
      // Some systems refuse what is more than they allow; then their default has to do.
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public String description() {
    return DESCRIPTION;
  }

  @Override
  public boolean forbidsFragments() {
    return whole;
  }

  @Override
  public void onReady(Runnable listener) {
    ready = listener;
  }

  @Override
  public void onTooLarge(TooLarge listener) {
    tooLarge = listener;
  }

  /** The poller's word. */
  void onReady(int operations) {
    readable |= (operations & SelectionKey.OP_READ) != 0;
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      writable = true;
      sender.unstick();
      key.interestOps(SelectionKey.OP_READ);
    }
    ready.run();
  }

  @Override
  public boolean isReadable() {
    return readable;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public void receive(DatagramBatch into) throws IOException {
    readable = receiver.receive(into);
  }

  /** A datagram of before did not arrive, or somebody says so. */
  private void onMessage(IOException message) {
    if (message instanceof PortUnreachableException) {
      refusal = "nobody listens at " + remote;
    } else if (remote != null && !sizeRefusals.include(message)) {
      refusal = remote + ": " + message.getMessage();
    }
  }

  @Override
  public int send(DatagramBatch batch, int from) {
    int reached = sender.send(batch, from);
    if (reached < batch.count()) {
      writable = false;
      watch();
    }
    return reached;
  }

  @Override
  public boolean isDrained() {
    return sender.isDrained();
  }

  /** Has the poller tell when the system's buffer has room again, if that is what is waited for. */
  private void watch() {
    if (sender.isStuck() && key.isValid()) {
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** Some of what was on its way is out, or the system's buffer is full. */
  private void onProgress() {
    writable = !sender.isStuck();
    watch();
    ready.run();
  }

  /**
   * Too large for the path, forbidden by a filter, no route just now: lost, as far as QUIC is
   * concerned, and repaired or given up by its own timers. Only a handshake that cannot even leave
   * this host ends at once; its datagrams are of a size that every path takes.
   */
  private void onRefused(DatagramBatch batch, int index, IOException e) {
    if (e instanceof PortUnreachableException) {
      refusal = "nobody listens at " + batch.remote(index);
    } else if (batch.length(index) <= ALWAYS_FITS) {
      if (remote != null && refusal == null) {
        refusal = "sending to " + batch.remote(index) + ": " + e.getMessage();
      }
    } else if (sizeRefusals.include(e)) {
      tooLarge.onDatagramTooLarge(batch, index);
    }
  }

  @Override
  public String takeRefusal() {
    String taken = refusal;
    refusal = null;
    return taken;
  }

  @Override
  public void close() {
    readable = false;
    sender.close();
  }

  /** The channel, as what leaves by it sees it. */
  private record Output(DatagramChannel channel, boolean connected)
      implements DatagramSender.Output {

    @Override
    public void write(ByteBuffer datagram, InetSocketAddress to) throws IOException {
      if (connected) {
        channel.write(datagram);
      } else {
        try {
          channel.send(datagram, to);
        } catch (IllegalArgumentException e) {
          throw new IOException("this socket does not send to " + to, e); // of the other family
        }
      }
    }

    /**
     * A system that takes no marks sends without; the peer's counts will tell (RFC 9000 §13.4.2).
     */
    @Override
    public void mark(int ecn) {
      try {
        channel.setOption(StandardSocketOptions.IP_TOS, ecn);
      } catch (IOException | UnsupportedOperationException e) {
        // As if the network had cleared it.
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // Nothing is written to it any more, so nothing is lost.
      }
    }
  }
}
