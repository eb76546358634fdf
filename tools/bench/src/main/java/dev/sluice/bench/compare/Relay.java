package dev.sluice.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * A UDP relay between one client and a server, through which every datagram takes its time and some
 * are lost, in both directions. Which ones are lost follows from a seed.
 */
final class Relay implements AutoCloseable {
  private static final int LARGEST = 65_536;
  private static final int SOCKET_BUFFER = 4 << 20;

  private final DatagramChannel toClient;
  private final DatagramChannel toServer;
  private final double loss;
  private final long delayNanos;
  private volatile SocketAddress client;

  private record Waiting(long at, ByteBuffer datagram) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(at - ((Waiting) other).at, 0);
    }
  }

  /** Sends on what leaves one direction. */
  @FunctionalInterface
  private interface Exit {
    void send(ByteBuffer datagram) throws IOException;
  }

  /**
   * @param roundTrip half of it in each direction
   * @param loss the share of datagrams that vanish, 0 to 1
   */
  Relay(int serverPort, Duration roundTrip, double loss, long seed) throws IOException {
    this.loss = loss;
    this.delayNanos = roundTrip.toNanos() / 2;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    toClient = DatagramChannel.open().bind(new InetSocketAddress(loopback, 0));
    toServer = DatagramChannel.open().connect(new InetSocketAddress(loopback, serverPort));
    for (DatagramChannel channel : new DatagramChannel[] {toClient, toServer}) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    }
    SplittableRandom random = new SplittableRandom(seed);
    direction("up", toClient, toServer::write, random.split());
    direction("down", toServer, datagram -> toClient.send(datagram, client), random.split());
  }

  /** Where the client is to send to. */
  int port() throws IOException {
    return ((InetSocketAddress) toClient.getLocalAddress()).getPort();
  }

  private void direction(String name, DatagramChannel from, Exit exit, SplittableRandom random) {
    DelayQueue<Waiting> under = new DelayQueue<>();
    Thread.ofPlatform().daemon().name("relay-in-" + name).start(() -> take(from, under, random));
    Thread.ofPlatform().daemon().name("relay-out-" + name).start(() -> give(under, exit));
  }

  private void take(DatagramChannel from, DelayQueue<Waiting> under, SplittableRandom random) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
    try {
      while (true) {
        buffer.clear();
        SocketAddress sender = from.receive(buffer);
        if (from == toClient) {
          client = sender;
        }
        if (random.nextDouble() >= loss) {
          ByteBuffer copy = ByteBuffer.allocate(buffer.flip().remaining()).put(buffer).flip();
          under.put(new Waiting(System.nanoTime() + delayNanos, copy));
        }
      }
    } catch (ClosedChannelException e) {
      // That is how it ends.
    } catch (IOException e) {
      close(); // nobody listens any more
    }
  }

  private void give(DelayQueue<Waiting> under, Exit exit) {
    try {
      while (toClient.isOpen()) {
        Waiting next = under.poll(1, TimeUnit.SECONDS);
        if (next != null) {
          exit.send(next.datagram());
        }
      }
    } catch (ClosedChannelException e) {
      // That is how it ends.
    } catch (IOException | InterruptedException e) {
      close();
    }
  }

  @Override
  public void close() {
    try (toClient;
        toServer) {
      // Closes both.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
