package dev.sluice.http3.client;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.SealedPackets;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.frame.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A QUIC endpoint on a real UDP socket whose connections do what any others do, until a test says
 * what exactly their next datagrams are.
 */
final class WireEndpoint implements AutoCloseable {

  private static final int SLOT = 2048;

  /** Above every number that a connection itself comes to. */
  private static final long FIRST_NUMBER = 100_000;

  private final DatagramChannel channel;
  private final Selector selector;
  private final Endpoint endpoint = new Endpoint(EndpointConfig.of(new SecureRandom()));
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Set<InetSocketAddress> silenced = new HashSet<>();

  /** From where nothing is heard: a connection would close when packets are acknowledged for it. */
  private final Set<InetSocketAddress> unheard = new HashSet<>();

  private final Consumer<Connection> application;
  private volatile boolean closed;
  private long sealed;

  /**
   * @param application takes the events of a connection
   */
  WireEndpoint(Consumer<Connection> application) throws IOException {
    this.application = application;
    channel =
        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    Thread thread = new Thread(this::run, "wire-endpoint");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.socket().getLocalSocketAddress();
  }

  static long now() {
    return System.nanoTime();
  }

  /** Does something on the endpoint's thread and returns when it is done. */
  <T> T onThread(Function<Endpoint, T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    tasks.add(
        () -> {
          try {
            done.complete(task.apply(endpoint));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    selector.wakeup();
    return done.join();
  }

  /**
   * Sends datagrams one right after another, as if they were the connection's.
   *
   * @param last whether nothing else is sent on the connection any more
   */
  void send(Connection connection, List<List<Frame>> datagrams, boolean last) {
    onThread(
        unused -> {
          sendSealed(connection, datagrams, last);
          return null;
        });
  }

  private void sendSealed(Connection connection, List<List<Frame>> datagrams, boolean last) {
    InetSocketAddress to = connection.stats().remote();
    unheard.add(to);
    if (last) {
      silenced.add(to);
    }
    List<byte[]> ready = new ArrayList<>();
    for (List<Frame> frames : datagrams) {
      byte[] payload = SealedPackets.payload(frames);
      ready.add(SealedPackets.oneRtt(connection, payload, FIRST_NUMBER + sealed++));
    }
    try {
      for (byte[] datagram : ready) {
        channel.send(ByteBuffer.wrap(datagram), to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run() {
    try {
      while (!closed) {
        turn();
      }
      channel.close();
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void turn() throws IOException {
    long now = now();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    receive(now);
    endpoint.onDeadline(now);
    while (endpoint.accept() != null) {}
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      application.accept(c);
    }
    send(now);
    long wait = Math.min(endpoint.nextDeadline() - now, 1_000_000_000L) / 1_000_000;
    if (wait > 0 && tasks.isEmpty()) {
      selector.select(wait);
    }
  }

  private void receive(long now) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(SLOT);
    DatagramBatch one = new DatagramBatch(1, SLOT);
    for (var from = channel.receive(buffer); from != null; from = channel.receive(buffer)) {
      buffer.flip();
      one.clear();
      int length = buffer.remaining();
      buffer.get(one.buffer(), one.nextOffset(), length);
      one.add(length, localAddress(), (InetSocketAddress) from, 0);
      if (!unheard.contains(from)) {
        endpoint.receive(one, now);
      }
      buffer.clear();
    }
    selector.selectedKeys().clear();
  }

  private void send(long now) throws IOException {
    DatagramBatch out = new DatagramBatch(16, SLOT);
    boolean more;
    do {
      out.clear();
      more = endpoint.send(now, out);
      for (int i = 0; i < out.count(); i++) {
        if (!silenced.contains(out.remote(i))) {
          channel.send(ByteBuffer.wrap(out.buffer(), out.offset(i), out.length(i)), out.remote(i));
        }
      }
    } while (more);
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}
