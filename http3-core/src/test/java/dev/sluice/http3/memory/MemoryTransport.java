package dev.sluice.http3.memory;

import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.tls.TlsSession;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** One end of a {@link MemoryLink}. */
public final class MemoryTransport implements QuicTransport {
  final Queue<QuicEvent> events = new ArrayDeque<>();

  /** What this end has sent and the link not yet delivered. */
  final Queue<byte[]> datagrams = new ArrayDeque<>();

  final SortedMap<Long, MemorySendStream> sends = new TreeMap<>();
  final SortedMap<Long, MemoryRecvStream> recvs = new TreeMap<>();
  int sendBuffer = 64 << 10;
  private final boolean client;
  private int bidiAllowed = 100;
  private int uniAllowed = 100;
  private long nextBidi;
  private long nextUni;
  private int maxDatagram;
  boolean resetAt;
  private EarlyDataState earlyData = EarlyDataState.NONE;
  private boolean bidiWanted;
  private boolean uniWanted;
  private ConnectionEnding ending;

  MemoryTransport(boolean client) {
    this.client = client;
    nextBidi = client ? 0 : 1;
    nextUni = client ? 2 : 3;
  }

  @Override
  public boolean isClient() {
    return client;
  }

  @Override
  public QuicEvent nextEvent() {
    return events.poll();
  }

  @Override
  public BidiStream openBidi() {
    if (ending != null) {
      return null;
    }
    if (nextBidi / 4 >= bidiAllowed) {
      bidiWanted = true;
      return null;
    }
    long id = nextBidi;
    nextBidi += 4;
    return new BidiStream(send(id), recv(id));
  }

  @Override
  public MemorySendStream openUni() {
    if (ending != null) {
      return null;
    }
    if (nextUni / 4 >= uniAllowed) {
      uniWanted = true;
      return null;
    }
    long id = nextUni;
    nextUni += 4;
    return send(id);
  }

  @Override
  public int maxDatagramLength() {
    return ending == null ? maxDatagram : 0;
  }

  @Override
  public boolean sendDatagram(byte[] source, int offset, int length) {
    if (ending != null || maxDatagram == 0 || length > maxDatagram) {
      return false;
    }
    datagrams.add(Arrays.copyOfRange(source, offset, offset + length));
    return true;
  }

  /** Nothing waits here, so that flows need no bounds. */
  @Override
  public DatagramFlow openDatagramFlow(int limit, Duration maxAge) {
    return new DatagramFlow() {
      private long sent;
      private boolean finished;

      @Override
      public boolean send(byte[] source, int offset, int length) {
        boolean taken = !finished && sendDatagram(source, offset, length);
        sent += taken ? 1 : 0;
        return taken;
      }

      @Override
      public void finish(Runnable whenGone) {
        if (!finished) {
          finished = true;
          whenGone.run();
        }
      }

      @Override
      public void discard() {
        finished = true;
      }

      @Override
      public long sent() {
        return sent;
      }

      @Override
      public long dropped() {
        return 0;
      }
    };
  }

  @Override
  public Duration unreadRetention() {
    return Duration.ofMinutes(1);
  }

  @Override
  public boolean supportsResetAt() {
    return resetAt;
  }

  /** The longest datagram that this end sends; 0, as it is at first, when its peer takes none. */
  public void maxDatagram(int bytes) {
    maxDatagram = bytes;
  }

  @Override
  public EarlyDataState earlyData() {
    return earlyData;
  }

  /** What becomes of 0-RTT; there is none at first. */
  public void earlyData(EarlyDataState state) {
    earlyData = state;
  }

  /** Whether this end's peer understands RESET_STREAM_AT; it does not at first. */
  public void resetAt(boolean supported) {
    resetAt = supported;
  }

  @Override
  public void close(long applicationCode, String reason) {
    end(
        new ConnectionEnding.ApplicationClose(
            ConnectionEnding.Side.LOCAL, applicationCode, reason));
  }

  @Override
  public ConnectionEnding ending() {
    return ending;
  }

  @Override
  public TlsSession tls() {
    return null;
  }

  @Override
  public ConnectionStats stats() {
    throw new UnsupportedOperationException();
  }

  /** Anything that differs with what it is asked for. */
  @Override
  public byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    byte[] keys = new byte[length];
    new Random(label.hashCode() * 31L + Arrays.hashCode(context)).nextBytes(keys);
    return keys;
  }

  /** How much each stream's send buffer takes. */
  public void sendBuffer(int bytes) {
    sendBuffer = bytes;
  }

  /** How many streams of each type this end may have opened over all; tells it when it waited. */
  public void allow(int bidi, int uni) {
    bidiAllowed = bidi;
    uniAllowed = uni;
    if (bidiWanted && nextBidi / 4 < bidi) {
      bidiWanted = false;
      events.add(new QuicEvent.StreamsAvailable(true));
    }
    if (uniWanted && nextUni / 4 < uni) {
      uniWanted = false;
      events.add(new QuicEvent.StreamsAvailable(false));
    }
  }

  /** The sending part of a stream that exists. */
  public MemorySendStream sendStream(long id) {
    return sends.get(id);
  }

  /** The receiving part of a stream that exists. */
  public MemoryRecvStream recvStream(long id) {
    return recvs.get(id);
  }

  /** The connection ends for this end. Its streams still give what they hold. */
  public void end(ConnectionEnding how) {
    if (ending == null) {
      ending = how;
      StreamEnding forStreams = new StreamEnding.ConnectionEnded(how);
      sends.values().forEach(stream -> stream.endSilently(forStreams));
      recvs.values().forEach(stream -> stream.endSilently(forStreams));
      events.add(new QuicEvent.Ended(how));
    }
  }

  /** The receiving part of a stream of the peer's, announced when it is new. */
  MemoryRecvStream accept(long id) {
    MemoryRecvStream known = recvs.get(id);
    if (known != null) {
      return known;
    }
    MemoryRecvStream recv = recv(id);
    events.add(new QuicEvent.PeerOpened(recv, (id & 2) == 0 ? send(id) : null));
    return recv;
  }

  private MemorySendStream send(long id) {
    MemorySendStream stream = new MemorySendStream(this, id);
    sends.put(id, stream);
    return stream;
  }

  private MemoryRecvStream recv(long id) {
    MemoryRecvStream stream = new MemoryRecvStream(this, id);
    recvs.put(id, stream);
    return stream;
  }
}
