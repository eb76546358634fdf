package dev.sluice.http3.client;

import dev.sluice.quic.io.ByteQueue;
import dev.sluice.quic.io.HeldContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A response's content on its way from the loop thread to a subscriber on the client's executor.
 * The subscriber's demand is the only thing that takes bytes out, and what does not fit stays in
 * the stream, whose flow control holds the server back.
 *
 * <p>Everything that arrived is delivered before the end is. A failure waits until the subscriber
 * asks for more: the JDK's {@code InputStream} forgets what it has been given and not read when it
 * hears of one, so it hears of it when it has begun on its last buffer. For the same reason a
 * subscriber that limits its demand gets one buffer at a time.
 */
final class ResponseBody implements Flow.Subscription, HeldContent {

  /**
   * Bytes between the threads. Two of these are in flight at 1 GB/s in the time that a sleeping
   * thread takes to wake up.
   */
  static final int CAPACITY = 512 * 1024;

  /** Buffers of up to 8 KiB handed over at once to a subscriber that wants everything. */
  private static final int BUFFERS_AT_ONCE = 32;

  /** The largest buffer made for a subscriber that gets one at a time. */
  private static final int JOINED = 64 * 1024;

  /** What the exchange does when the subscriber acts; called on any thread. */
  interface Owner {
    /** There is room again: have {@link #fill} called on the loop. */
    void onRoom();

    /** The subscriber wants no more, or has thrown this exception. */
    void onCancelled(Throwable thrown);

    /** The subscriber has been told the end, has cancelled, or will get no more. Once. */
    void onDone();
  }

  private final ByteQueue queue = new ByteQueue(CAPACITY);
  private final SerialExecutor executor;
  private final Owner owner;

  private final AtomicLong demand = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicBoolean toldOwner = new AtomicBoolean();
  private volatile boolean stalled;
  private volatile boolean cancelled;
  private volatile boolean dropped;
  private volatile End end;

  private volatile Flow.Subscriber<? super List<ByteBuffer>> subscriber;

  /** What the subscriber, or its executor, has done against the rules; null for nothing. */
  private volatile Throwable broken;

  /** Why what is here is not delivered; null while it is. */
  private volatile Throwable abandoned;

  private record End(Throwable failure) {}

  ResponseBody(SerialExecutor executor, Owner owner) {
    this.executor = executor;
    this.owner = owner;
  }

  /** Loop: takes from the stream what there is room for. */
  void fill(ByteQueue.Source source) {
    if (cancelled) {
      return;
    }
    long before = queue.produced();
    while (queue.fill(source) > 0) {
      stalled = true; // said first, then looked again: see InboundPipe
      if (queue.room() == 0) {
        break;
      }
      stalled = false;
    }
    if (queue.produced() != before) {
      schedule();
    }
  }

  /**
   * Loop: takes all that the stream has, whether there is room or not: its connection has ended, so
   * that no more comes. From then on only the subscriber leads to these bytes.
   */
  void fillAll(ByteQueue.Source source) {
    if (!cancelled) {
      queue.fillBeyondRoom(source);
      stalled = false;
      schedule();
    }
  }

  /** Whether all that the subscriber will be told is here. Any thread. */
  boolean isReceived() {
    return end != null || cancelled;
  }

  /** Bytes that wait for the subscriber. */
  long buffered() {
    return queue.size();
  }

  /**
   * Loop: nothing follows. Only the first call counts.
   *
   * @param failure null when the content is complete
   */
  void end(Throwable failure) {
    if (end == null) {
      end = new End(failure);
      schedule();
    }
  }

  /** Any thread: nothing more is delivered, and the subscriber hears why without asking. */
  void abandon(Throwable why) {
    abandoned = why;
    schedule();
  }

  /** Whether the subscriber knows the end, or wants nothing more. Any thread. */
  boolean isDelivered() {
    return done.get();
  }

  /** Executor: begins the delivery. */
  void subscribe(Flow.Subscriber<? super List<ByteBuffer>> to) {
    to.onSubscribe(this);
    subscriber = to;
    schedule();
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      broken = new IllegalArgumentException("a request for " + n + " items (Flow §3.9)");
    } else {
      demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }
    schedule();
  }

  @Override
  public void cancel() {
    cancel(null);
  }

  private void cancel(Throwable thrown) {
    if (!cancelled) {
      cancelled = true;
      if (done.compareAndSet(false, true)) {
        owner.onCancelled(thrown);
        tellDone();
      }
    }
  }

  private void schedule() {
    if (subscriber != null && scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(this::deliver);
      } catch (RejectedExecutionException e) {
        onRejected(e);
      }
    }
  }

  /** The executor takes no more: the end is told here, or a reader waits for ever. */
  private void onRejected(RejectedExecutionException e) {
    if (subscriber == null) {
      cancel(e);
      return;
    }
    if (!dropped) { // else the client did not wait, and there is one failure to tell already
      broken = e;
    }
    deliver();
  }

  private void deliver() {
    scheduled.set(false);
    if (done.get()) {
      return;
    }
    try {
      if (abandoned != null) {
        queue.clear();
        finish(abandoned);
        return;
      }
      if (broken != null) {
        finish(broken);
        owner.onCancelled(broken);
        return;
      }
      End ended = end; // before the bytes, which were put in before it
      deliverBytes();
      boolean mayEnd = ended != null && (ended.failure() == null || demand.get() > 0);
      if (mayEnd && !cancelled && queue.size() == 0) {
        finish(ended.failure());
      }
    } catch (Throwable e) {
      cancel(e);
    }
  }

  private void deliverBytes() {
    while (demand.get() > 0 && !cancelled) {
      if (queue.size() == 0) {
        return;
      }
      if (demand.get() == Long.MAX_VALUE) {
        deliverMany();
      } else {
        demand.decrementAndGet();
        subscriber.onNext(List.of(takeOne()));
      }
      if (stalled && queue.room() >= CAPACITY / 2) {
        stalled = false;
        owner.onRoom();
      }
    }
  }

  /** Hands over what waits, as it lies there. */
  private void deliverMany() {
    List<ByteBuffer> buffers = new ArrayList<>();
    if (subscriber instanceof BorrowingSubscriber<?>) {
      long length = queue.peek(BUFFERS_AT_ONCE, buffers);
      subscriber.onNext(List.copyOf(buffers));
      queue.skip(length);
      return;
    }
    while (buffers.size() < BUFFERS_AT_ONCE && queue.size() > 0) {
      // Read-only: the rest of the array behind it is still being filled.
      buffers.add(queue.take().asReadOnlyBuffer());
    }
    subscriber.onNext(List.copyOf(buffers));
  }

  /**
   * Several buffers are put together into one: each that is asked for costs a change of threads.
   */
  private ByteBuffer takeOne() {
    byte[] joined = new byte[(int) Math.min(queue.size(), JOINED)];
    queue.read(joined, 0, joined.length);
    return ByteBuffer.wrap(joined).asReadOnlyBuffer();
  }

  private void finish(Throwable failure) {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    try {
      if (failure == null) {
        subscriber.onComplete();
      } else {
        subscriber.onError(failure);
      }
    } catch (Throwable e) {
      owner.onCancelled(firstOf(failure, e)); // or else nobody would ever tell the caller
    } finally {
      tellDone();
    }
  }

  private static Throwable firstOf(Throwable failure, Throwable thrown) {
    if (failure == null) {
      return thrown;
    }
    failure.addSuppressed(thrown);
    return failure;
  }

  private void tellDone() {
    if (toldOwner.compareAndSet(false, true)) {
      owner.onDone();
    }
  }

  // What is held after the end of the connection

  @Override
  public long consumed() {
    return queue.consumed();
  }

  @Override
  public boolean isOver() {
    return done.get() || queue.size() == 0;
  }

  @Override
  public void drop(Supplier<? extends IOException> why) {
    long before = queue.consumed();
    try {
      executor.execute(() -> dropUnlessRead(before, why)); // where alone bytes are taken out
    } catch (RejectedExecutionException e) {
      onRejected(e);
    }
  }

  private void dropUnlessRead(long before, Supplier<? extends IOException> why) {
    if (!isOver() && queue.consumed() == before) {
      end = new End(why.get());
      queue.clear();
      dropped = true;
      schedule(); // the subscriber hears of it when it asks for more
      tellDone();
    }
  }
}
