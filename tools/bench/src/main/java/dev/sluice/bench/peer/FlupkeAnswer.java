package dev.sluice.bench.peer;

import dev.sluice.tools.perf.PerfConnection.Sink;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Tells a sink of what arrives, and cancels when that wants no more. */
final class FlupkeAnswer implements BodySubscriber<Void> {
  private final Sink sink;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private Flow.Subscription subscription;

  FlupkeAnswer(Sink sink) {
    this.sink = sink;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return over;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    int bytes = 0;
    for (ByteBuffer buffer : buffers) {
      bytes += buffer.remaining();
    }
    if (!over.isDone() && !sink.received(bytes)) {
      over.complete(null);
      subscription.cancel();
    }
  }

  @Override
  public void onError(Throwable failure) {
    over.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    over.complete(null);
  }
}
