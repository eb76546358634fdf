package dev.sluice.interop.runner;

import dev.sluice.network.Datagram;
import dev.sluice.network.Watcher;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The datagrams between a client and a server, as the server sees addresses: once when they were
 * sent and once more when they arrived. Filled on the relay's thread.
 */
final class Capture implements Watcher {

  /**
   * A datagram.
   *
   * @param time nanoseconds of {@link System#nanoTime}
   * @param ecn the two ECN bits, as far as whoever captured it sees them
   */
  record Seen(long time, Datagram datagram, boolean toServer) {
    byte[] bytes() {
      return datagram.bytes();
    }

    /** The client's address as the server knows it. */
    InetSocketAddress client() {
      return toServer ? datagram.source() : datagram.destination();
    }

    /** The server's address. */
    InetSocketAddress server() {
      return toServer ? datagram.destination() : datagram.source();
    }
  }

  private final Predicate<InetSocketAddress> isServer;
  private final List<Seen> sent = new ArrayList<>();
  private final List<Seen> arrived = new ArrayList<>();

  /** Keeps what goes to or comes from the server, and nothing of other flows. */
  Capture(Predicate<InetSocketAddress> isServer) {
    this.isServer = isServer;
  }

  @Override
  public synchronized void sent(long now, Datagram datagram) {
    add(now, datagram, sent);
  }

  @Override
  public synchronized void arrived(long now, Datagram datagram) {
    add(now, datagram, arrived);
  }

  private void add(long now, Datagram datagram, List<Seen> list) {
    boolean toServer = isServer.test(datagram.destination());
    if (toServer || isServer.test(datagram.source())) {
      list.add(new Seen(now, datagram, toServer));
    }
  }

  /** In the order in which they were sent, before anything happened to them. */
  synchronized List<Seen> sent() {
    return List.copyOf(sent);
  }

  /** In the order in which they arrived, with what happened to them on the way. */
  synchronized List<Seen> arrived() {
    return List.copyOf(arrived);
  }
}
