package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.SealedPackets;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.frame.Frame;
import dev.sluice.tls.TlsServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server on a real UDP socket that does the handshake and SETTINGS like any other, and then says
 * in each datagram exactly what a test wants: {@link Request#answer} seals it under the
 * connection's keys.
 */
final class WireServer implements AutoCloseable {

  private static final int SLOT = 2048;

  /** Above every number that the connection itself comes to. */
  private static final long FIRST_NUMBER = 100_000;

  private final DatagramChannel channel;
  private final Selector selector;
  private final Endpoint endpoint;
  private final Map<Connection, Http3Connection> connections = new HashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "wire-server");
  private final Set<InetSocketAddress> silenced = new HashSet<>();
  private volatile boolean closed;

  /** A request whose head has arrived. */
  record Request(WireServer server, Connection connection, long streamId) {

    /** Sends these datagrams one right after another, and nothing on this connection any more. */
    void answer(List<List<Frame>> datagrams) {
      server.onThread(() -> server.sendSealed(connection, datagrams));
    }
  }

  WireServer() throws IOException {
    SecureRandom random = new SecureRandom();
    channel =
        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    endpoint = new Endpoint(EndpointConfig.of(random));
    endpoint.listen(
        ServerConfig.of(
            TlsServerConfig.builder()
                .identity(Loopback.IDENTITY)
                .applicationProtocols("h3")
                .random(random)
                .clock(InstantSource.system())
                .build()));
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("https://localhost:" + localAddress().getPort() + "/");
  }

  private InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.socket().getLocalSocketAddress();
  }

  /** Waits for the next request. */
  Request request() throws InterruptedException {
    return requests.take();
  }

  /** Does something on the server's thread and returns when it is done. */
  private void onThread(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tasks.add(
        () -> {
          task.run();
          done.complete(null);
        });
    selector.wakeup();
    done.join();
  }

  private void sendSealed(Connection connection, List<List<Frame>> datagrams) {
    InetSocketAddress to = connection.stats().remote();
    long number = FIRST_NUMBER;
    silenced.add(to);
    try {
      Queue<byte[]> sealed = new ArrayDeque<>();
      for (List<Frame> frames : datagrams) {
        sealed.add(SealedPackets.oneRtt(connection, SealedPackets.payload(frames), number++));
      }
      for (byte[] datagram : sealed) {
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
    long now = System.nanoTime();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    receive(now);
    endpoint.onDeadline(now);
    while (endpoint.accept() != null) {}
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      process(c);
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
      endpoint.receive(one, now);
      buffer.clear();
    }
    selector.selectedKeys().clear();
  }

  private void process(Connection connection) {
    Http3Connection http =
        connections.computeIfAbsent(
            connection, c -> new Http3Connection(c, Http3Config.DEFAULT, new SecureRandom()));
    http.process();
    for (Http3Event event = http.nextEvent(); event != null; event = http.nextEvent()) {
      if (event instanceof Http3Event.Request request) {
        requests.add(new Request(this, connection, request.stream().id()));
      }
    }
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
