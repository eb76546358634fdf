package dev.sluice.http3.server;

import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.quic.io.SharedPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A running HTTP/3 server: one thread for the network, or several, and a virtual thread for each
 * request. {@link #builder()} makes one.
 */
public final class Http3Server implements AutoCloseable {

  private final List<EventLoop> eventLoops;
  private final List<ServerLoop> loops;
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private String ioDescription;

  Http3Server(ServerServices services, List<EventLoop> eventLoops) {
    this.eventLoops = eventLoops;
    this.loops = eventLoops.stream().map(loop -> new ServerLoop(loop, services)).toList();
  }

  /** A builder without identity and handler, which have no defaults. */
  public static Http3ServerBuilder builder() {
    return new Http3ServerBuilder();
  }

  /**
   * @param signer makes signatures; null where the loops do
   */
  void open(
      List<InetSocketAddress> wanted, EndpointConfig endpoint, ServerConfig quic, Executor signer)
      throws IOException {
    try {
      for (InetSocketAddress address : wanted) {
        List<QuicSocket> sockets = SharedPort.open(eventLoops, address, endpoint);
        SharedPort.listenAlsoAt(sockets, quic.transport().migration().listening());
        for (int i = 0; i < sockets.size(); i++) {
          if (signer != null) {
            sockets.get(i).signOn(signer);
          }
          loops.get(i).add(sockets.get(i));
        }
        addresses.add(sockets.getFirst().localAddress());
        ioDescription = sockets.getFirst().ioDescription();
      }
    } catch (IOException | RuntimeException e) {
      eventLoops.forEach(EventLoop::close);
      throw e;
    }
    loops.forEach(loop -> loop.listen(quic));
  }

  /** The addresses that it listens on, in the order of the builder, with their real ports. */
  public List<InetSocketAddress> localAddresses() {
    return List.copyOf(addresses);
  }

  /** The first of {@link #localAddresses()}. */
  public InetSocketAddress localAddress() {
    return addresses.getFirst();
  }

  /** For people: how datagrams are moved, and by how many loops. */
  public String ioDescription() {
    return loops.size() == 1 ? ioDescription : ioDescription + "; " + loops.size() + " loops";
  }

  /**
   * Stops in an orderly way (RFC 9114 §5.2), on all connections at once: takes no new connections,
   * asks clients to send no more requests, a round trip later rejects those that come all the same,
   * lets the ones under way finish, and closes with H3_NO_ERROR. WebTransport sessions are asked to
   * wind down on both sides, and count as requests. Blocks until this is done. A handler whose
   * whole response has gone out may still be about to return.
   *
   * @param grace how long requests under way may take; then they are cut off
   * @return whether everything was finished within the grace
   */
  public boolean stop(Duration grace) throws InterruptedException {
    CountDownLatch quiet = new CountDownLatch(loops.size());
    loops.forEach(loop -> loop.stop(quiet));
    boolean finished =
        quiet.await(TimeUnit.NANOSECONDS.convert(grace), TimeUnit.NANOSECONDS)
            || haveEnded(); // closed before
    close();
    awaitTermination();
    return finished;
  }

  private boolean haveEnded() throws InterruptedException {
    for (ServerLoop loop : loops) {
      if (!loop.awaitEnd(1)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Asks the clients of all WebTransport sessions to wind them down, by a capsule in each, and goes
   * on serving: requests, new sessions, and those that are asked. Before {@link #stop} it spares
   * clients what GOAWAY does to some of them: Chromium up to 156 and perhaps later opens no
   * bidirectional stream after it, and its network process dies when a page tries.
   */
  public void drainSessions() {
    loops.forEach(ServerLoop::drainSessions);
  }

  /**
   * Has all clients use new connection IDs in place of those that they know: after the load
   * balancer's configuration has changed ({@code QuicLbConnectionIds}).
   */
  public void renewConnectionIds() {
    loops.forEach(ServerLoop::renewConnectionIds);
  }

  /** Waits until it was stopped or closed, and its sockets are. */
  public void awaitTermination() throws InterruptedException {
    for (ServerLoop loop : loops) {
      while (!loop.awaitEnd(Long.MAX_VALUE)) {
        // It was not that long.
      }
    }
  }

  /** Closes every connection with H3_NO_ERROR at once, cutting off what is under way. */
  @Override
  public void close() {
    loops.forEach(ServerLoop::close);
  }
}
