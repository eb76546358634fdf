package dev.sluice.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The links of the simulated network between real sockets, in real time: clients send to {@link
 * #address()}, and what comes through a link goes on to the server, from a socket for each client;
 * answers come back through another link. So any program can be put on a bad network.
 *
 * <p>Times are as good as the system's scheduler, so that runs are alike but not the same. ECN
 * marks do not pass. Use from any thread.
 */
public final class Relay implements AutoCloseable {
  private static final int LARGEST = 65_535;
  private static final int SOCKET_BUFFER = 4 << 20;

  /** A datagram on its way out. */
  private record Due(long time, long order, DatagramChannel through, SocketAddress to, byte[] bytes)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Selector selector = Selector.open();
  private final DatagramChannel front = DatagramChannel.open();
  private final InetSocketAddress server;
  private final Link toServer;
  private final Link toClients;
  private final Map<SocketAddress, DatagramChannel> backs = new HashMap<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
  private final Thread thread;
  private long order;
  private int hosts = 1;

  private Relay(InetSocketAddress server, Link toServer, Link toClients, long seed)
      throws IOException {
    this.server = server;
    this.toServer = toServer;
    this.toClients = toClients;
    SplittableRandom random = new SplittableRandom(seed);
    toServer.seed(random.split());
    toClients.seed(random.split());
    InetAddress loopback = server.getAddress();
    open(front, new InetSocketAddress(loopback, 0), null);
    this.thread = Thread.ofPlatform().daemon().name("relay").unstarted(this::run);
  }

  /**
   * Starts a relay to a server on the loopback interface.
   *
   * @param seed for what the links do by chance
   */
  public static Relay start(InetSocketAddress server, Link toServer, Link toClients, long seed)
      throws IOException {
    Relay relay = new Relay(server, toServer, toClients, seed);
    relay.thread.start();
    return relay;
  }

  /** Where clients send to. */
  public InetSocketAddress address() {
    try {
      return (InetSocketAddress) front.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The server sees all clients at new ports from here on, as when a NAT has forgotten them; what
   * is under way to the old ones is lost.
   *
   * @param newHost whether at a new IP address too; IPv4 only
   */
  public synchronized void rebind(boolean newHost) {
    if (newHost) {
      hosts++;
    }
    for (DatagramChannel back : backs.values()) {
      try {
        back.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    backs.clear();
  }

  /** Changes a link, between two datagrams: {@code relay.change(() -> link.cut())}. */
  public synchronized void change(Runnable what) {
    what.run();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    front.close();
    rebind(false);
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        long wait = sendDue();
        selector.select(this::receive, Math.max(1, wait / 1_000_000));
      }
    } catch (IOException | ClosedSelectorException e) {
      // Closed.
    }
  }

  /** Sends what is due; how long until the next, in nanoseconds, rounded down to be in time. */
  private synchronized long sendDue() {
    while (!due.isEmpty()) {
      long wait = due.peek().time - System.nanoTime();
      if (wait > 0) {
        return wait;
      }
      Due one = due.remove();
      try {
        one.through.send(ByteBuffer.wrap(one.bytes), one.to);
      } catch (IOException e) {
        // Its socket is gone, or nobody listens: as on any network.
      }
    }
    return 1_000_000_000;
  }

  private synchronized void receive(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      buffer.clear();
      for (SocketAddress from = channel.receive(buffer);
          from != null;
          from = channel.receive(buffer)) {
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        pass(channel, (SocketAddress) key.attachment(), (InetSocketAddress) from, bytes);
        buffer.clear();
      }
    } catch (IOException e) {
      // A socket that was rebound, or an ICMP message.
    }
  }

  private void pass(
      DatagramChannel channel, SocketAddress client, InetSocketAddress from, byte[] bytes)
      throws IOException {
    long now = System.nanoTime();
    if (client == null) {
      DatagramChannel back = backOf(from);
      Datagram datagram = new Datagram(0, bytes, from, server, 0);
      toServer.enter(datagram, now, (time, d) -> add(time, back, server, d));
    } else {
      Datagram datagram = new Datagram(0, bytes, from, (InetSocketAddress) client, 0);
      toClients.enter(datagram, now, (time, d) -> add(time, front, client, d));
    }
  }

  private void add(long time, DatagramChannel through, SocketAddress to, Datagram datagram) {
    due.add(new Due(time, order++, through, to, datagram.bytes()));
  }

  private DatagramChannel backOf(InetSocketAddress client) throws IOException {
    DatagramChannel known = backs.get(client);
    if (known != null) {
      return known;
    }
    DatagramChannel back = DatagramChannel.open();
    open(back, new InetSocketAddress(host(), 0), client);
    backs.put(client, back);
    return back;
  }

  /** 127.0.0.1 first, then 127.0.0.2 and so on; the one address that IPv6 has. */
  private InetAddress host() throws UnknownHostException {
    byte[] address = server.getAddress().getAddress();
    if (address.length == 4 && hosts > 1) {
      address[3] = (byte) hosts;
    }
    return InetAddress.getByAddress(address);
  }

  private void open(DatagramChannel channel, InetSocketAddress at, SocketAddress client)
      throws IOException {
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
    channel.bind(at);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, client);
  }
}
