package dev.sluice.bench.peer;

import dev.sluice.tools.perf.PerfConnection.Source;
import dev.sluice.tools.perf.PerfProtocol;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * A request's content out of a source. flupke asks for all of it at once and ends the stream when
 * that call is back, so everything is given within it.
 */
final class FlupkeContent implements Flow.Subscription {
  private final Source source;
  private final Flow.Subscriber<? super ByteBuffer> subscriber;
  private volatile boolean over;

  FlupkeContent(Source source, Flow.Subscriber<? super ByteBuffer> subscriber) {
    this.source = source;
    this.subscriber = subscriber;
  }

  @Override
  public void request(long n) {
    for (long i = 0; i < n && !over; i++) {
      int length = source.next();
      if (length > 0) {
        subscriber.onNext(ByteBuffer.wrap(PerfProtocol.filling(), 0, length));
      } else {
        over = true;
        subscriber.onComplete();
      }
    }
  }

  @Override
  public void cancel() {
    over = true;
  }
}
