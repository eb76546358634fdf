package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.ConnectionState;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a closed connection leaves behind for three PTOs (RFC 9000 §10.2): its IDs, so that what
 * still comes is known to be late, and on the side that has closed the datagram that says so, for
 * those who have not heard (§10.2.1). None of it needs the connection, which can go: closes may be
 * many. Used by one thread, the one of the connection.
 */
public final class ClosingPeriod {

  /** §10.2.1: answers to what is not read any more are at most so many times as long. */
  private static final int AMPLIFICATION = 3;

  /**
   * The datagram with CONNECTION_CLOSE as it was sent first; the same packet may be repeated
   * (§10.2.1).
   *
   * @param bytes never changed
   * @param local null where the socket's own address is meant
   */
  record Farewell(byte[] bytes, InetSocketAddress local, InetSocketAddress remote) {
    /** The datagram that a batch has last. */
    static Farewell lastOf(DatagramBatch sent) {
      int last = sent.count() - 1;
      byte[] bytes = new byte[sent.length(last)];
      System.arraycopy(sent.buffer(), sent.offset(last), bytes, 0, bytes.length);
      return new Farewell(bytes, sent.local(last), sent.remote(last));
    }
  }

  private final ConnectionIdSource source;
  private final List<ConnectionId> ids;
  private final Farewell farewell;
  private final Tracer tracer;
  private final long until;
  private boolean farewellWanted;
  private boolean over;
  private long datagramsReceived;
  private long bytesReceived;
  private long bytesAnswered;

  /**
   * @param ids those that lead to the connection; go back to their source at the end
   * @param farewell null when nothing is sent any more (§10.2.2)
   * @param tracer hears of the end; datagrams are no longer the connection's
   */
  ClosingPeriod(
      ConnectionIdSource source,
      List<ConnectionId> ids,
      Farewell farewell,
      Tracer tracer,
      long until) {
    this.source = source;
    this.ids = ids;
    this.farewell = farewell;
    this.tracer = tracer;
    this.until = until;
  }

  /**
   * A datagram came. It is answered less and less often, so that two closing endpoints do not keep
   * each other awake, and never with more than three times what came: nobody has looked whether it
   * is authentic (§10.2.1). Wherever it is from, the answer goes to the peer's known address.
   *
   * @param length its bytes
   */
  public void receive(int length) {
    datagramsReceived++;
    bytesReceived += length;
    farewellWanted |=
        farewell != null
            && Long.bitCount(datagramsReceived) == 1
            && bytesAnswered + farewell.bytes().length <= AMPLIFICATION * bytesReceived;
  }

  /**
   * Answers what has come.
   *
   * @return true when the batch has no room for it: send it, clear it, call again
   */
  public boolean send(DatagramBatch out) {
    if (!farewellWanted || over) {
      return false;
    }
    if (!out.hasRoom()) {
      return true;
    }
    farewellWanted = false;
    byte[] bytes = farewell.bytes();
    System.arraycopy(bytes, 0, out.buffer(), out.nextOffset(), bytes.length);
    out.add(bytes.length, farewell.local(), farewell.remote(), 0);
    bytesAnswered += bytes.length;
    return false;
  }

  /** Whether answers leave from this address. */
  public boolean isAt(InetSocketAddress local, InetSocketAddress remote) {
    return farewell != null
        && local.equals(farewell.local())
        && (remote == null || remote.equals(farewell.remote()));
  }

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} for never. */
  public long deadline() {
    return over ? Long.MAX_VALUE : until;
  }

  /** Time has passed. */
  public void onDeadline(long now) {
    if (now >= until) {
      end(now);
    }
  }

  /** Nothing is answered any more. */
  public void end(long now) {
    if (!over) {
      over = true;
      ids.forEach(source::retire);
      source.expectReset(null);
      if (tracer.isEnabled()) {
        tracer.on(now, new TraceEvent.ConnectionStateUpdated(ConnectionState.CLOSED));
      }
    }
  }

  /** Whether nothing is left to do. */
  public boolean isOver() {
    return over;
  }
}
