package dev.sluice.quic.stream;

import dev.sluice.quic.flow.ReceiveWindow;
import dev.sluice.quic.flow.SendCredit;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** What all streams of a connection share. */
final class StreamContext {
  final StreamConfig config;
  final StreamListener listener;
  final ChunkPool pool;

  /** Told the id of a stream when one of its parts reaches a terminal state. */
  final LongConsumer partDone;

  /** Told the id of a stream when everything was sent that there is to send on it. */
  final LongConsumer allSent;

  /** What the peer may send on all streams together. */
  final ReceiveWindow connectionWindow;

  /** What we may send on all streams together. */
  final SendCredit connectionCredit = new SendCredit(0);

  final ControlQueue control = new ControlQueue();
  final Scheduler scheduler = new Scheduler(connectionCredit);

  /** Whether the peer understands RESET_STREAM_AT. */
  boolean peerResetAt;

  /** Whether the frames that come in now were protected with 0-RTT keys. */
  boolean early;

  /**
   * Which of our streams the peer does not permit yet, by id; null when it permits all of them. A
   * server that refused 0-RTT may permit fewer than were opened under what was remembered of it.
   */
  LongPredicate withheld;

  /** Nanoseconds, 0 while unknown. */
  long smoothedRtt;

  /** The sum over all streams of the highest offset that arrived: what MAX_DATA limits. */
  long received;

  StreamContext(
      StreamConfig config,
      StreamListener listener,
      ChunkPool pool,
      LongConsumer partDone,
      LongConsumer allSent) {
    this.config = config;
    this.listener = listener;
    this.pool = pool;
    this.partDone = partDone;
    this.allSent = allSent;
    this.connectionWindow =
        new ReceiveWindow(config.limits().maxData(), config.maxConnectionWindow());
  }

  /** Whether nothing of this stream may be sent yet. */
  boolean withholds(long id) {
    return withheld != null && withheld.test(id);
  }
}
