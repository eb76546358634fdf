package dev.sluice.network;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The links of the simulated network between real sockets, in real time: clients send to {@link
 * #address()}, and what comes through a link goes on to the server, from a socket for each client;
 * answers come back through another link. So any program can be put on a bad network. Further
 * addresses may share the links ({@link #join}): of other servers, whose flows compete, or of the
 * same. To all of them a client has one address.
 *
 * <p>Times are as good as the system's scheduler, so that runs are alike but not the same. ECN
 * marks pass where the {@link RelaySockets} know them. Use from any thread.
 */
public final class Relay implements AutoCloseable {
  private static final long LONGEST_WAIT = 1_000_000_000;

  /** A server, and the socket at which its clients find it. */
  private static final class Front {
    private final InetSocketAddress server;
    private RelaySockets.Port port;

    Front(InetSocketAddress server) {
      this.server = server;
    }
  }

  /** A datagram on its way out. */
  private record Due(
      long time, long order, RelaySockets.Port through, InetSocketAddress to, Datagram datagram)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final RelaySockets sockets;
  private final List<Front> fronts = new ArrayList<>();
  private final Link toServer;
  private final Link toClients;

  /** Each stands for a client at the servers: what comes there is an answer of one of them. */
  private final Map<InetSocketAddress, RelaySockets.Port> backs = new HashMap<>();

  /** Those that the NAT has forgotten, as long as something is due through them. */
  private final Set<RelaySockets.Port> forgotten = new HashSet<>();

  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final Thread thread;
  private long order;
  private int hosts = 1;
  private Watcher watcher = new Watcher() {};

  private Relay(
      RelaySockets sockets, InetSocketAddress server, Link toServer, Link toClients, long seed)
      throws IOException {
    this.sockets = sockets;
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
    return start(RelaySockets.ofJava(), server, toServer, toClients, seed);
  }

  /**
   * Starts a relay on sockets of one's own.
   *
   * @param sockets closed with the relay
   * @param seed for what the links do by chance
   */
  public static Relay start(
      RelaySockets sockets, InetSocketAddress server, Link toServer, Link toClients, long seed)
      throws IOException {
    Relay relay = new Relay(sockets, server, toServer, toClients, seed);
    relay.thread.start();
    return relay;
  }

  /** Where clients send to. */
  public synchronized InetSocketAddress address() {
    return fronts.getFirst().port.address();
  }

  /**
   * Puts another server, or another address of the same, behind the same links.
   *
   * @return where clients send to, to reach it
   */
  public synchronized InetSocketAddress join(InetSocketAddress server) throws IOException {
    Front front = new Front(server);
    InetSocketAddress any = new InetSocketAddress(server.getAddress(), 0);
    front.port = sockets.open(any, (from, bytes, ecn) -> toServer(front, from, bytes, ecn));
    fronts.add(front);
    return front.port.address();
  }

  /**
   * Tells of every datagram from now on, as a server sees it: clients have the addresses that they
   * have behind the NAT. Called on the relay's thread, in place of an earlier watcher.
   */
  public synchronized void watch(Watcher listener) {
    watcher = listener;
  }

  /**
   * The server sees all clients at new ports from here on, as when a NAT has forgotten them. What
   * they have sent before is past the NAT, and arrives from the old ports; what comes to those from
   * now on is lost.
   *
   * @param newHost whether at a new IP address too; IPv4 only
   */
  public synchronized void rebind(boolean newHost) {
    if (newHost) {
      hosts++;
    }
    forgotten.addAll(backs.values());
    backs.clear();
    closeForgotten();
  }

  private void closeForgotten() {
    Set<RelaySockets.Port> needed = due.stream().map(Due::through).collect(toSet());
    forgotten.removeIf(
        port -> {
          boolean unused = !needed.contains(port);
          if (unused) {
            port.close();
          }
          return unused;
        });
  }

  /** Changes a link, between two datagrams: {@code relay.change(() -> link.cut())}. */
  public synchronized void change(Runnable what) {
    what.run();
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }

  private void run() {
    try {
      boolean open = true;
      while (open) {
        open = sockets.await(sendDue());
      }
    } catch (IOException e) {
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
        watcher.arrived(System.nanoTime(), one.datagram);
        one.through.send(one.datagram, one.to);
      } catch (IOException e) {
        // Its socket is gone, or nobody listens: as on any network.
      }
      if (!forgotten.isEmpty()) {
        closeForgotten();
      }
    }
    return LONGEST_WAIT;
  }

  private synchronized void toServer(Front front, InetSocketAddress client, byte[] bytes, int ecn)
      throws IOException {
    RelaySockets.Port back = backOf(client);
    Datagram datagram = new Datagram(0, bytes, back.address(), front.server, ecn);
    enter(toServer, datagram, back, front.server);
  }

  private synchronized void toClient(
      RelaySockets.Port back, InetSocketAddress client, Datagram datagram) {
    if (back != backs.get(client)) {
      return; // the NAT has forgotten the client
    }
    for (Front front : fronts) {
      if (front.server.equals(datagram.source())) {
        enter(toClients, datagram, front.port, client);
      }
    }
  }

  private void enter(
      Link link, Datagram datagram, RelaySockets.Port through, InetSocketAddress to) {
    long now = System.nanoTime();
    watcher.sent(now, datagram);
    link.enter(datagram, now, (time, d) -> due.add(new Due(time, order++, through, to, d)));
  }

  private RelaySockets.Port backOf(InetSocketAddress client) throws IOException {
    RelaySockets.Port known = backs.get(client);
    if (known != null) {
      return known;
    }
    InetSocketAddress at = new InetSocketAddress(host(fronts.getFirst().server), 0);
    RelaySockets.Port[] opened = new RelaySockets.Port[1];
    opened[0] =
        sockets.open(
            at,
            (from, bytes, ecn) ->
                toClient(
                    opened[0], client, new Datagram(0, bytes, from, opened[0].address(), ecn)));
    backs.put(client, opened[0]);
    return opened[0];
  }

  /** 127.0.0.1 first, then 127.0.0.2 and so on; the one address that IPv6 has. */
  private InetAddress host(InetSocketAddress server) throws UnknownHostException {
    byte[] address = server.getAddress().getAddress();
    if (address.length == 4 && hosts > 1) {
      address[3] = (byte) hosts;
    }
    return InetAddress.getByAddress(address);
  }
}
