package dev.sluice.http3.client;

import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.connection.RequestStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request's content on its way from its publisher to the stream. The publisher is asked for the
 * next buffer on the client's executor, since it may block as long as its source does, and only
 * while little waits for the network.
 */
final class RequestBody implements Flow.Subscriber<ByteBuffer> {

  /** Bytes that may wait, plus one buffer of whatever size the publisher makes. */
  static final int HIGH_WATER = 512 * 1024;

  /** What the exchange does; called on any thread. */
  interface Owner {
    /** There are bytes, or the end: have {@link #drain} called on the loop. */
    void onData();

    /** The publisher failed, or did not keep to its length. */
    void onPublisherFailed(Throwable failure);
  }

  private final BodyPublisher publisher;

  /** What the head says; negative for nothing. Publishers may say something else by now. */
  private final long contentLength;

  private final SerialExecutor executor;
  private final Owner owner;

  private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean announced = new AtomicBoolean();
  private final AtomicBoolean held = new AtomicBoolean();
  private volatile Flow.Subscription subscription;
  private volatile boolean complete;
  private volatile boolean stopped;
  private long published; // the publisher's calls are sequential
  private boolean started; // loop
  private boolean finished; // loop

  /**
   * @param contentLength negative when the head does not say it
   */
  RequestBody(BodyPublisher publisher, long contentLength, SerialExecutor executor, Owner owner) {
    this.publisher = publisher;
    this.contentLength = contentLength;
    this.executor = executor;
    this.owner = owner;
  }

  /** Loop: subscribes to the publisher, the first time. */
  void start() {
    if (!started && !stopped) {
      started = true;
      onExecutor(() -> publisher.subscribe(this));
    }
  }

  /** Loop: stops it if it never began, and says whether it did. */
  boolean stopUnlessStarted() {
    if (started) {
      return false;
    }
    stop();
    return true;
  }

  /** Loop: whether all of it is in the stream, or no more of it is wanted. */
  boolean isOver() {
    return finished || stopped;
  }

  /** Loop: moves what waits into the stream, and its end. */
  void drain(RequestStream stream) {
    if (isOver()) {
      return;
    }
    announced.set(false);
    boolean ending = complete; // before the buffers, which were put in before it
    for (ByteBuffer next = buffers.peek(); next != null; next = buffers.peek()) {
      int offered = next.remaining();
      int taken = stream.writeData(next.array(), next.arrayOffset() + next.position(), offered);
      next.position(next.position() + taken);
      waiting.addAndGet(-taken);
      if (taken < offered) {
        resume();
        return; // Writable follows
      }
      buffers.remove();
    }
    if (ending) {
      finished = true;
      stream.finish();
    } else {
      resume();
    }
  }

  private void resume() {
    if (waiting.get() <= HIGH_WATER / 2 && held.compareAndSet(true, false)) {
      onExecutor(() -> subscription.request(1));
    }
  }

  /** Loop: no more of it is wanted; the publisher is told. */
  void stop() {
    if (isOver()) {
      return;
    }
    stopped = true;
    buffers.clear();
    Flow.Subscription current = subscription;
    if (current != null) {
      onExecutor(current::cancel);
    }
  }

  private void onExecutor(Runnable task) {
    try {
      executor.execute(
          () -> {
            try {
              task.run();
            } catch (Throwable e) {
              owner.onPublisherFailed(e);
            }
          });
    } catch (RejectedExecutionException e) {
      owner.onPublisherFailed(e);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (subscription != null) {
      given.cancel();
      return;
    }
    subscription = given;
    if (stopped) { // looked at last, as stop() does with the subscription: one of the two sees it
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(ByteBuffer buffer) {
    if (stopped || complete) {
      return;
    }
    int length = buffer.remaining();
    published += length;
    if (contentLength >= 0 && published > contentLength) {
      subscription.cancel();
      fail(new Http3Exception("the body publisher gave more than its " + contentLength + " bytes"));
      return;
    }
    if (length > 0) {
      waiting.addAndGet(length);
      buffers.add(onHeap(buffer));
      announce();
    }
    if (waiting.get() < HIGH_WATER) {
      subscription.request(1);
    } else {
      held.set(true);
      if (waiting.get() <= HIGH_WATER / 2 && held.compareAndSet(true, false)) {
        subscription.request(1); // the loop took it all in the meantime, and saw no mark
      }
    }
  }

  /** The stream takes arrays: a buffer without one that can be had is copied here, off the loop. */
  private static ByteBuffer onHeap(ByteBuffer buffer) {
    return buffer.hasArray()
        ? buffer
        : ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
  }

  @Override
  public void onError(Throwable failure) {
    fail(failure != null ? failure : new NullPointerException("a failure without a reason"));
    Objects.requireNonNull(failure, "failure"); // Flow §2.13
  }

  @Override
  public void onComplete() {
    if (contentLength >= 0 && published < contentLength) {
      fail(
          new Http3Exception(
              "the body publisher gave " + published + " bytes and not its " + contentLength));
      return;
    }
    complete = true;
    announce();
  }

  private void fail(Throwable failure) {
    if (!complete && !stopped) {
      owner.onPublisherFailed(failure);
    }
  }

  private void announce() {
    if (announced.compareAndSet(false, true)) {
      owner.onData();
    }
  }
}
