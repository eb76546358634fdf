package dev.sluice.http3.memory;

import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Joins two ends. Nothing moves but by its methods. */
public final class MemoryLink {
  private final MemoryTransport client = new MemoryTransport(true);
  private final MemoryTransport server = new MemoryTransport(false);
  private int window = 1 << 20;

  /** The end that opened the connection. */
  public MemoryTransport client() {
    return client;
  }

  /** The other end. */
  public MemoryTransport server() {
    return server;
  }

  /** How many unread bytes a stream holds at most. */
  public void window(int bytes) {
    window = bytes;
  }

  /**
   * Delivers everything that was written, stream by stream, and then the close if there was one.
   */
  public void deliverAll() {
    for (MemoryTransport from : List.of(client, server)) {
      for (MemorySendStream stream : waiting(from)) {
        deliver(from, stream.id(), Integer.MAX_VALUE);
      }
      deliverStops(from);
      deliverDatagrams(from);
    }
    deliverClose();
  }

  /** Delivers a random part of a random stream; whether there was anything to deliver. */
  public boolean deliverSome(RandomGenerator random) {
    MemoryTransport from = random.nextBoolean() ? client : server;
    List<MemorySendStream> streams = waiting(from);
    if (streams.isEmpty()) {
      from = other(from);
      streams = waiting(from);
    }
    deliverStops(client);
    deliverStops(server);
    if (streams.isEmpty()) {
      return false;
    }
    MemorySendStream stream = streams.get(random.nextInt(streams.size()));
    deliver(from, stream.id(), 1 + random.nextInt(random.nextBoolean() ? 4 : 4096));
    return true;
  }

  /** Delivers up to this many bytes of one stream, and its end when that is next. */
  public void deliver(MemoryTransport from, long id, int bytes) {
    MemoryTransport to = other(from);
    if (from.ending() != null || to.ending() != null) {
      return;
    }
    // QUIC announces streams of one type in order of their ids.
    long lower = id;
    while (lower >= 4 && !to.recvs.containsKey(lower - 4)) {
      lower -= 4;
    }
    for (; lower < id; lower += 4) {
      if (from.sends.containsKey(lower)) {
        to.accept(lower);
      }
    }
    MemoryRecvStream recv = to.accept(id);
    from.sends.get(id).deliverTo(recv, Math.min(bytes, recv.room(window)));
  }

  /** Delivers the datagrams that one end has sent. */
  public void deliverDatagrams(MemoryTransport from) {
    for (byte[] d = from.datagrams.poll(); d != null; d = from.datagrams.poll()) {
      if (other(from).ending() == null) {
        other(from).events.add(new QuicEvent.DatagramReceived(d));
      }
    }
  }

  /** Tells each end of the other's close. */
  public void deliverClose() {
    closeWith(client, server);
    closeWith(server, client);
  }

  private static void closeWith(MemoryTransport closed, MemoryTransport other) {
    if (closed.ending() instanceof ConnectionEnding.ApplicationClose close
        && close.by() == ConnectionEnding.Side.LOCAL) {
      other.end(
          new ConnectionEnding.ApplicationClose(
              ConnectionEnding.Side.PEER, close.code(), close.reason()));
    }
  }

  /** Delivers what each end has said about streams that it wants no more of. */
  public void deliverStops() {
    deliverStops(client);
    deliverStops(server);
  }

  private void deliverStops(MemoryTransport from) {
    MemoryTransport to = other(from);
    if (from.ending() == null && to.ending() == null) {
      for (MemoryRecvStream stream : from.recvs.values()) {
        MemorySendStream send = to.sends.get(stream.id());
        if (stream.stopCode() != null && send != null) {
          send.stop(stream.stopCode());
        }
      }
    }
  }

  private static List<MemorySendStream> waiting(MemoryTransport from) {
    List<MemorySendStream> streams = new ArrayList<>();
    if (from.ending() == null) {
      for (MemorySendStream stream : from.sends.values()) {
        if (stream.isWaiting()) {
          streams.add(stream);
        }
      }
    }
    return streams;
  }

  private MemoryTransport other(MemoryTransport end) {
    return end == client ? server : client;
  }
}
