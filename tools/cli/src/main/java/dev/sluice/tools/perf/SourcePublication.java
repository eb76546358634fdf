package dev.sluice.tools.perf;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** A request's content out of a source, in step with what the subscriber asks for. */
final class SourcePublication implements Flow.Subscription {
  /** With its array in reach: a read-only view would be copied once more on its way. */
  private static final ByteBuffer FILLING = ByteBuffer.wrap(PerfProtocol.filling());

  private final PerfConnection.Source source;
  private final Flow.Subscriber<? super ByteBuffer> subscriber;
  private final AtomicLong asked = new AtomicLong();
  private volatile boolean over;

  SourcePublication(PerfConnection.Source source, Flow.Subscriber<? super ByteBuffer> subscriber) {
    this.source = source;
    this.subscriber = subscriber;
  }

  @Override
  public void request(long n) {
    // Whoever finds nobody at work serves what is asked for, also what is asked for meanwhile.
    if (asked.getAndAdd(n) != 0) {
      return;
    }
    for (long left = n; left > 0; left = asked.addAndGet(-left)) {
      for (long i = 0; i < left && !over; i++) {
        next();
      }
    }
  }

  private void next() {
    int length = source.next();
    if (length > 0) {
      subscriber.onNext(FILLING.slice(0, length));
    } else {
      over = true;
      subscriber.onComplete();
    }
  }

  @Override
  public void cancel() {
    over = true;
  }
}
