package dev.sluice.tools.perf;

import dev.sluice.http3.client.BorrowingSubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Gives the lengths of what arrives to a sink, and cancels when that wants no more. */
public final class SinkSubscriber implements BorrowingSubscriber<Void> {
  private final PerfConnection.Sink sink;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private Flow.Subscription subscription;

  /** With what is told of them. */
  public SinkSubscriber(PerfConnection.Sink sink) {
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
      subscription.cancel();
      over.complete(null);
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
