package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.ContentLength;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One request on one connection, and its response. A call makes several when it follows redirects,
 * authenticates or retries. Its methods belong to the loop thread, where it says nothing else.
 */
final class Attempt {

  /** The call that this attempt is made for. */
  interface Listener {
    /** Executor: the final response's head arrived; the content follows in {@link #response()}. */
    void onHead(Attempt attempt, ResponseHead head, ConnectionInfo connection);

    /** Loop: it failed before the final head arrived. */
    void onFailed(Attempt attempt, RequestEnding ending, Throwable failure);

    /** Any thread: user code failed; before or after the head. */
    void onBroken(Attempt attempt, Throwable failure);

    /** Any thread: the request's publisher failed, or gave what it should not. */
    void onPublisherFailed(Attempt attempt, Throwable failure);

    /** Loop: nothing will be received any more; what was waits for the subscriber. */
    void onReceived(Attempt attempt);

    /** Any thread: nothing will be received any more and the subscriber knows. Once. */
    void onOver(Attempt attempt);
  }

  private static final HttpHeaders NO_FIELDS = HttpHeaders.of(Map.of(), (name, value) -> true);

  private final RequestHead head;

  /** How long the content waits for 100 (Continue); null when it goes out at once. */
  private final Duration patience;

  private final Listener listener;
  private final Executor loop;
  private final Executor requests;
  private final SerialExecutor executor;

  /** Null when the head is the whole request. */
  private final RequestBody requestBody;

  private final ResponseBody responseBody;
  private final Trailers trailers;

  private ClientConnection connection;
  private RequestStream stream;
  private boolean mayBeEarly;
  private boolean early;
  private boolean answered;
  private boolean over;

  /**
   * @param publisher null when the request has no body
   * @param patience how long the body waits for 100 (Continue), unless the server answers without
   *     it; null for not at all
   * @param requests where the publisher is called, and what may wait for the response
   * @param responses where the handler and the subscriber are called
   */
  Attempt(
      RequestHead head,
      BodyPublisher publisher,
      Duration patience,
      Listener listener,
      Executor loop,
      Executor requests,
      Executor responses) {
    this.head = head;
    this.patience = patience;
    this.listener = listener;
    this.loop = loop;
    this.requests = requests;
    this.executor = new SerialExecutor(responses);
    this.trailers = new Trailers(requests);
    this.responseBody = new ResponseBody(executor, new ResponseOwner());
    // A publisher may block, and must not keep the response from being delivered meanwhile.
    this.requestBody =
        publisher == null
            ? null
            : new RequestBody(
                publisher,
                ContentLength.of(head.fields()),
                new SerialExecutor(requests),
                new RequestOwner());
  }

  RequestHead head() {
    return head;
  }

  /** Before it is submitted: it may go out as 0-RTT. */
  void allowEarly() {
    mayBeEarly = true;
  }

  /** Whether it may go out as 0-RTT. */
  boolean mayBeEarly() {
    return mayBeEarly;
  }

  /** Whether it did. */
  boolean wasEarly() {
    return early;
  }

  /**
   * Whether it went out as 0-RTT to a server that was never heard. It may have been processed, but
   * nobody minds when a request that was sent early is so twice.
   */
  boolean isUnheard() {
    return early && !connection.isHandshakeComplete();
  }

  /** Whether the head is the whole request. */
  boolean isHeadOnly() {
    return requestBody == null;
  }

  /** The connection it is on; null before there is one. */
  ClientConnection connection() {
    return connection;
  }

  /** Whether it has failed or was cancelled; nothing needs to be sent for it. */
  boolean isOver() {
    return over;
  }

  ResponseBody response() {
    return responseBody;
  }

  Trailers trailers() {
    return trailers;
  }

  /** Whether a GOAWAY with this identifier leaves it with the server (RFC 9114 §5.2). */
  boolean isCoveredBy(long goaway) {
    return stream.id() < goaway;
  }

  /** The stream is open and the head is on its way. */
  void onOpened(ClientConnection on, RequestStream opened) {
    connection = on;
    stream = opened;
    early = !on.isHandshakeComplete();
    opened.attach(this);
    if (requestBody != null && patience == null) {
      requestBody.start();
    } else if (requestBody != null) {
      Deadline.after(patience, loop, requestBody::start); // nothing, if it began or is not wanted
    }
  }

  void onInformational(ResponseHead informational) {
    if (informational.status() == 100 && requestBody != null) {
      requestBody.start();
    }
  }

  void onResponse(ResponseHead response) {
    answered = true;
    if (requestBody != null && patience != null) {
      stopWaitingForContinue();
    }
    ConnectionInfo info = connection.info();
    // The content, the trailers and the end are often there too: one thread does for all of them.
    if (executor.add(() -> listener.onHead(this, response, info))) {
      connection.afterEvents(this::startExecutor);
    }
  }

  private void startExecutor() {
    try {
      executor.start();
    } catch (RejectedExecutionException e) {
      listener.onBroken(this, e);
    }
  }

  /** The server answered without asking for the body: it is not sent (RFC 9110 §10.1.1). */
  private void stopWaitingForContinue() {
    if (requestBody.stopUnlessStarted()) {
      stream.reset(Http3Error.H3_REQUEST_CANCELLED);
    }
  }

  void onReadable() {
    if (!over) {
      responseBody.fill(stream::takeData);
    }
  }

  /** The connection is gone, and what it holds for this attempt goes to the subscriber's side. */
  void onConnectionEnded() {
    if (!over) {
      responseBody.fillAll(stream::takeData);
    }
  }

  void onTrailers(Fields fields) {
    trailers.complete(HeaderFields.of(fields));
  }

  void onWritable() {
    if (requestBody != null) {
      requestBody.drain(stream);
    }
  }

  void onStopped() {
    if (requestBody != null) {
      requestBody.stop();
    }
  }

  /** Nothing more will be received. Comes after everything that was. */
  void onEnded(RequestEnding ending) {
    if (over) {
      return;
    }
    if (ending.isComplete() && answered) {
      over = true;
      trailers.complete(NO_FIELDS);
      responseBody.end(null);
      listener.onReceived(this);
    } else if (isUnheard() && connection.ending() != null) {
      end(ending, Failures.ofConnecting(connection.ending(), connection.refusal()));
    } else {
      end(ending, Failures.ofRequest(ending));
    }
  }

  /** It failed, or there was never a stream for it. */
  void end(RequestEnding ending, Throwable failure) {
    if (over) {
      return;
    }
    over = true;
    if (requestBody != null) {
      requestBody.stop();
    }
    trailers.fail(failure);
    if (answered) {
      responseBody.end(failure);
      listener.onReceived(this);
    } else {
      listener.onFailed(this, ending, failure);
      listener.onOver(this);
    }
  }

  /** Gives up both directions (RFC 9114 §4.1.1). The subscriber gets the failure. */
  void cancel(Throwable failure) {
    if (over) {
      return;
    }
    RequestStream open = stream;
    end(new RequestEnding.Abandoned(Http3Error.H3_REQUEST_CANCELLED.code()), failure);
    if (open != null) {
      open.cancel(Http3Error.H3_REQUEST_CANCELLED);
    }
  }

  /**
   * Executor: does what may wait for content, after what of it can be delivered now, and not in the
   * way of the rest.
   */
  void besideDelivery(Runnable task) {
    executor.execute(
        () -> {
          if (responseBody.isDelivered()) {
            task.run();
          } else {
            inItsOwnTask(task);
          }
        });
  }

  private void inItsOwnTask(Runnable task) {
    try {
      requests.execute(task);
    } catch (RejectedExecutionException e) {
      listener.onBroken(this, e);
    }
  }

  /** Runs on the loop and lets the connection send what that led to. */
  private void onLoop(Runnable task) {
    try {
      loop.execute(
          () -> {
            task.run();
            if (connection != null) {
              connection.moved();
            }
          });
    } catch (RejectedExecutionException e) {
      // The client has terminated, and this attempt with it.
    }
  }

  /** Any thread: {@link #cancel} on the loop. */
  void cancelLater(Throwable failure) {
    onLoop(() -> cancel(failure));
  }

  /** Any thread: the same, and what has arrived and was not delivered yet never is. */
  void abandonLater(Throwable failure) {
    onLoop(
        () -> {
          cancel(failure);
          responseBody.abandon(failure);
        });
  }

  private final class RequestOwner implements RequestBody.Owner {
    @Override
    public void onData() {
      onLoop(Attempt.this::onWritable);
    }

    @Override
    public void onPublisherFailed(Throwable failure) {
      listener.onPublisherFailed(Attempt.this, failure);
    }
  }

  private final class ResponseOwner implements ResponseBody.Owner {
    @Override
    public void onRoom() {
      onLoop(Attempt.this::onReadable);
    }

    @Override
    public void onCancelled(Throwable thrown) {
      onLoop(
          () -> {
            over = true;
            if (requestBody != null) {
              requestBody.stop();
            }
            trailers.fail(
                thrown != null
                    ? thrown
                    : Failures.ofRequest(
                        new RequestEnding.Abandoned(Http3Error.H3_REQUEST_CANCELLED.code())));
            stream.cancel(Http3Error.H3_REQUEST_CANCELLED);
          });
      if (thrown != null) {
        listener.onBroken(Attempt.this, thrown);
      }
    }

    @Override
    public void onDone() {
      listener.onOver(Attempt.this);
    }
  }
}
