package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request's content between its publisher's thread and the loop. */
@Timeout(60)
class RequestBodyTest {
  private static final int ROUNDS = 20_000;

  private static final RequestBody.Owner NOBODY =
      new RequestBody.Owner() {
        @Override
        public void onData() {}

        @Override
        public void onPublisherFailed(Throwable failure) {}
      };

  /** Says what was asked of it. */
  private static final class Source implements Flow.Subscription {
    volatile boolean cancelled;

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** Or it would keep its file open. */
  @Test
  void aPublisherIsToldThatItIsNotWantedAlsoWhileItSubscribes() throws Exception {
    RequestBody[] bodies = new RequestBody[ROUNDS];
    Source[] sources = new Source[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      bodies[i] =
          new RequestBody(BodyPublishers.noBody(), -1, new SerialExecutor(Runnable::run), NOBODY);
      sources[i] = new Source();
    }
    AtomicInteger arrived = new AtomicInteger();
    Thread loop =
        new Thread(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                meet(arrived, i);
                bodies[i].stop();
              }
            });
    loop.start();
    for (int i = 0; i < ROUNDS; i++) {
      meet(arrived, i);
      bodies[i].onSubscribe(sources[i]);
    }
    loop.join();
    for (int i = 0; i < ROUNDS; i++) {
      assertTrue(sources[i].cancelled, "round " + i);
    }
  }

  private static void meet(AtomicInteger arrived, int round) {
    arrived.incrementAndGet();
    while (arrived.get() < 2 * (round + 1)) {
      Thread.onSpinWait();
    }
  }
}
