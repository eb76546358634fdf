package dev.sluice.quic.stream;

import dev.sluice.quic.flow.ReceiveWindow;
import dev.sluice.quic.flow.SendCredit;
import java.util.function.LongConsumer;

/** What all streams of a connection share. */
final class StreamContext {
  final StreamConfig config;
  final StreamListener listener;
  final ChunkPool pool;

  /** Told the id of a stream when one of its parts reaches a terminal state. */
  final LongConsumer partDone;

  /** What the peer may send on all streams together. */
  final ReceiveWindow connectionWindow;

  /** What we may send on all streams together. */
  final SendCredit connectionCredit = new SendCredit(0);

  final ControlQueue control = new ControlQueue();
  final Scheduler scheduler = new Scheduler(connectionCredit);

  /** Whether the peer understands RESET_STREAM_AT. */
  boolean peerResetAt;

  /** Nanoseconds, 0 while unknown. */
  long smoothedRtt;

  /** The sum over all streams of the highest offset that arrived: what MAX_DATA limits. */
  long received;

  StreamContext(
      StreamConfig config, StreamListener listener, ChunkPool pool, LongConsumer partDone) {
    this.config = config;
    this.listener = listener;
    this.pool = pool;
    this.partDone = partDone;
    this.connectionWindow =
        new ReceiveWindow(config.limits().maxData(), config.maxConnectionWindow());
  }
}
