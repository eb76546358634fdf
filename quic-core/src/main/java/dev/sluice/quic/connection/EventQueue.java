package dev.sluice.quic.connection;

import dev.sluice.quic.datagram.InboundDatagrams;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.StreamListener;
import dev.sluice.quic.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * The events that the application has not taken yet, in order. Bounded by what can be announced:
 * each stream has at most a handful of events, and the peer can open no more streams than it was
 * allowed; of what it can do as often as it likes, something is left out. Datagrams wait in a queue
 * of their own, which drops some of them; they come after what waits of streams, so that whoever
 * sorts them by stream knows the stream first, and before the end.
 */
final class EventQueue implements StreamListener {

  /** Tickets and tokens that wait. Who comes back needs one for each connection, and gets more. */
  private static final int MAX_KEEPSAKES = 32;

  private final Deque<QuicEvent> queue = new ArrayDeque<>();

  /** Null after the end: a stream that somebody still holds leads here, and no further. */
  private Connection connection;

  private final InboundDatagrams datagrams;
  private QuicEvent.Ended ended;
  private int keepsakes;
  private boolean over;

  EventQueue(Connection connection) {
    this.connection = connection;
    this.datagrams = connection.datagrams.inbound();
  }

  void add(QuicEvent event) {
    if (over || isKeepsake(event) && keepsakes == MAX_KEEPSAKES) {
      return;
    }
    keepsakes += isKeepsake(event) ? 1 : 0;
    if (event instanceof QuicEvent.PathChanged now
        && queue.peekLast() instanceof QuicEvent.PathChanged before
        && Objects.equals(now.local(), before.local())) {
      queue.removeLast(); // the peer has moved on
    }
    queue.add(event);
  }

  private static boolean isKeepsake(QuicEvent event) {
    return event instanceof QuicEvent.NewToken || event instanceof QuicEvent.NewSessionTicket;
  }

  /** The last event. */
  void end(QuicEvent.Ended event) {
    ended = event;
    connection = null;
  }

  boolean isPending() {
    return !queue.isEmpty() || datagrams.isPending() || ended != null;
  }

  QuicEvent poll() {
    QuicEvent event = queue.poll();
    if (event != null) {
      keepsakes -= isKeepsake(event) ? 1 : 0;
      return event;
    }
    byte[] datagram = datagrams.poll();
    if (datagram != null) {
      if (connection != null) {
        connection.packetTrace.onDatagramMoved(true, datagram.length);
      }
      return new QuicEvent.DatagramReceived(datagram);
    }
    QuicEvent last = ended;
    ended = null;
    over |= last != null;
    return last;
  }

  @Override
  public void opened(RecvStream recv, SendStream send) {
    queue.add(new QuicEvent.PeerOpened(recv, send));
  }

  @Override
  public void readable(RecvStream recv) {
    queue.add(new QuicEvent.Readable(recv));
  }

  @Override
  public void writable(SendStream send) {
    queue.add(new QuicEvent.Writable(send));
  }

  @Override
  public void stopped(SendStream send, long applicationCode) {
    queue.add(new QuicEvent.Stopped(send, applicationCode));
  }

  @Override
  public void completed(SendStream send) {
    queue.add(new QuicEvent.SendCompleted(send));
  }

  @Override
  public void available(boolean bidirectional) {
    queue.add(new QuicEvent.StreamsAvailable(bidirectional));
  }

  @Override
  public void created(long id) {
    trace(id, true);
  }

  @Override
  public void closed(long id) {
    trace(id, false);
  }

  @Override
  public void written(long id, long offset, int bytes) {
    moved(id, false, offset, bytes);
  }

  @Override
  public void taken(long id, long offset, int bytes) {
    moved(id, true, offset, bytes);
  }

  private void moved(long id, boolean toApplication, long offset, int bytes) {
    if (connection != null && connection.packetTrace.isOn()) {
      connection.trace(() -> new TraceEvent.StreamDataMoved(id, toApplication, offset, bytes));
    }
  }

  private void trace(long id, boolean opened) {
    if (connection != null) {
      connection.trace(() -> new TraceEvent.StreamStateUpdated(id, opened));
    }
  }
}
