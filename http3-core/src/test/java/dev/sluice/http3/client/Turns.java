package dev.sluice.http3.client;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;

/** Publishes one byte when it is told to. */
final class Turns implements Flow.Publisher<ByteBuffer> {

  final CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscribed =
      new CompletableFuture<>();
  private final Semaphore demand = new Semaphore(0);

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            demand.release((int) n);
          }

          @Override
          public void cancel() {}
        });
    subscribed.complete(subscriber);
  }

  void say(byte b) throws InterruptedException {
    demand.acquire();
    subscribed.join().onNext(ByteBuffer.wrap(new byte[] {b}));
  }

  void end() {
    subscribed.join().onComplete();
  }
}
