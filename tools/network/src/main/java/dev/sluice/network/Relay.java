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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The links of the simulated network between real sockets, in real time: clients send to {@link
 * #address()}, and what comes through a link goes on to the server, from a socket for each client;
 * answers come back through another link. So any program can be put on a bad network. Further
 * servers may share the links ({@link #join}), so that flows compete.
 *
 * <p>Times are as good as the system's scheduler, so that runs are alike but not the same. ECN
 * marks do not pass. Use from any thread.
 */
public final class Relay implements AutoCloseable {
  private static final int LARGEST = 65_535;
  private static final int SOCKET_BUFFER = 4 << 20;

  /** A server, and the socket at which its clients find it. */
  private record Front(DatagramChannel channel, InetSocketAddress server) {}

  /** Stands for a client at the server: what comes there is the server's answer. */
  private record Back(Front front, InetSocketAddress client) {}

  /** A datagram on its way out. */
  private record Due(
      long time, long order, DatagramChannel through, SocketAddress to, Datagram datagram)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Selector selector = Selector.open();
  private final List<Front> fronts = new ArrayList<>();
  private final Link toServer;
  private final Link toClients;
  private final Map<Back, DatagramChannel> backs = new HashMap<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
  private final Thread thread;
  private long order;
  private int hosts = 1;
  private Watcher watcher = new Watcher() {};

  private Relay(InetSocketAddress server, Link toServer, Link toClients, long seed)
      throws IOException {
    this.toServer = toServer;
    this.toClients = toClients;
    SplittableRandom random = new SplittableRandom(seed);
    toServer.seed(random.split());
    toClients.seed(random.split());
    join(server);
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
  public synchronized InetSocketAddress address() {
    return addressOf(fronts.getFirst().channel);
  }

  /**
   * Puts another server behind the same links.
   *
   * @return where its clients send to
   */
  public synchronized InetSocketAddress join(InetSocketAddress server) throws IOException {
    Front front = new Front(DatagramChannel.open(), server);
    open(front.channel, new InetSocketAddress(server.getAddress(), 0), front);
    fronts.add(front);
    return addressOf(front.channel);
  }

  private static InetSocketAddress addressOf(DatagramChannel channel) {
    try {
      return (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tells of every datagram from now on, as a server sees it: clients have the addresses that they
   * have behind the NAT. Called on the relay's thread, in place of an earlier watcher.
   */
  public synchronized void watch(Watcher listener) {
    watcher = listener;
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
    // Without the lock: the relay's thread takes the selector's first, and this one then.
    selector.close();
    synchronized (this) {
      for (Front front : fronts) {
        front.channel.close();
      }
      rebind(false);
    }
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
      if (!one.through.isOpen()) {
        continue; // the NAT has forgotten the client
      }
      try {
        watcher.arrived(System.nanoTime(), one.datagram);
        one.through.send(ByteBuffer.wrap(one.datagram.bytes()), one.to);
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
        switch (key.attachment()) {
          case Front front -> toServer(front, (InetSocketAddress) from, bytes);
          case Back back -> toClient(back, channel, (InetSocketAddress) from, bytes);
          default -> throw new AssertionError(key.attachment());
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // A socket that was rebound, or an ICMP message.
    }
  }

  private void toServer(Front front, InetSocketAddress client, byte[] bytes) throws IOException {
    DatagramChannel back = backOf(new Back(front, client));
    Datagram datagram = new Datagram(0, bytes, addressOf(back), front.server, 0);
    enter(toServer, datagram, back, front.server);
  }

  private void toClient(
      Back back, DatagramChannel channel, InetSocketAddress server, byte[] bytes) {
    Datagram datagram = new Datagram(0, bytes, server, addressOf(channel), 0);
    enter(toClients, datagram, back.front.channel, back.client);
  }

  private void enter(Link link, Datagram datagram, DatagramChannel through, SocketAddress to) {
    long now = System.nanoTime();
    watcher.sent(now, datagram);
    link.enter(datagram, now, (time, d) -> due.add(new Due(time, order++, through, to, d)));
  }

  private DatagramChannel backOf(Back back) throws IOException {
    DatagramChannel known = backs.get(back);
    if (known != null) {
      return known;
    }
    DatagramChannel channel = DatagramChannel.open();
    open(channel, new InetSocketAddress(host(back.front.server), 0), back);
    backs.put(back, channel);
    return channel;
  }

  /** 127.0.0.1 first, then 127.0.0.2 and so on; the one address that IPv6 has. */
  private InetAddress host(InetSocketAddress server) throws UnknownHostException {
    byte[] address = server.getAddress().getAddress();
    if (address.length == 4 && hosts > 1) {
      address[3] = (byte) hosts;
    }
    return InetAddress.getByAddress(address);
  }

  private void open(DatagramChannel channel, InetSocketAddress at, Object end) throws IOException {
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
    channel.bind(at);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, end);
    selector.wakeup();
  }
}
