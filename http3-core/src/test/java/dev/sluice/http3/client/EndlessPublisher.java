package dev.sluice.http3.client;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes for as long as it is asked to, and counts. */
final class EndlessPublisher implements Flow.Publisher<ByteBuffer> {

  final AtomicLong published = new AtomicLong();
  final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private final int chunk;

  private EndlessPublisher(int chunk) {
    this.chunk = chunk;
  }

  static EndlessPublisher ofChunks(int size) {
    return new EndlessPublisher(size);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          private long demand;
          private boolean emitting;

          @Override
          public void request(long n) {
            demand += n;
            if (emitting) {
              return;
            }
            emitting = true;
            while (demand > 0 && !cancelled.isDone()) {
              demand--;
              published.addAndGet(chunk);
              subscriber.onNext(ByteBuffer.allocate(chunk));
            }
            emitting = false;
          }

          @Override
          public void cancel() {
            cancelled.complete(null);
          }
        });
  }
}
