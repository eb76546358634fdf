package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One call of {@code send}: as many attempts, one after another, as redirects, authentication and
 * retries ask for, and one result. Its steps follow one another; only cancellation and the deadline
 * come from the side.
 */
final class Call<T> implements Attempt.Listener {

  /** RFC 8470 §5.2. */
  private static final int TOO_EARLY = 425;

  /** Of the body of a response that nobody will see, read so that its stream can be reused. */
  private static final long DISCARDED_BODY = 64 * 1024;

  /** How long content waits for 100 (Continue) at the most; the JDK's client has the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CallServices services;
  private final BodyHandler<T> handler;
  private final Executor responses;
  private final Executor completions;
  private final CallFuture<HttpResponse<T>> future = new CallFuture<>(this::cancel);
  private final Authentication.Attempts authentication = new Authentication.Attempts();
  private final AtomicReference<Attempt> current = new AtomicReference<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  private long number;
  private HttpRequest request;
  private int redirects;

  /** Why the last attempt was made again; null when it was not. */
  private Throwable retriedAfter;

  /** An attempt at it came too early: no more of them may. */
  private boolean tooEarly;

  private ReceivedResponse<T> previous;
  private volatile boolean subscribed;
  private volatile boolean abandoned;

  /**
   * @param responses where the handler and its subscriber are called
   * @param completions where the future is completed. What depends on it may read the response, or
   *     close the client, which waits for this call: so it must not be in the way of either
   */
  Call(
      CallServices services,
      HttpRequest request,
      BodyHandler<T> handler,
      Executor responses,
      Executor completions) {
    this.services = services;
    this.request = request;
    this.handler = handler;
    this.responses = responses;
    this.completions = completions;
  }

  /** Its number among the calls of the client, given before it starts. */
  long number() {
    return number;
  }

  void numbered(long given) {
    number = given;
  }

  /** Begins; returns at once. */
  CallFuture<HttpResponse<T>> start() {
    watchDeadline();
    sendNext();
    return future;
  }

  /** Begins on this thread, which may have to wait for cookies and authentication. */
  CallFuture<HttpResponse<T>> startHere() {
    watchDeadline();
    try {
      sendRequest();
    } catch (RejectedExecutionException e) {
      fail(e);
      end();
    }
    return future;
  }

  private void watchDeadline() {
    request
        .timeout()
        .ifPresent(
            limit -> {
              // Not on the executor, whose threads may all be waiting for what does not come.
              Deadline deadline = Deadline.after(limit, services.loop(), () -> onTimeout(limit));
              future.whenComplete((response, failure) -> deadline.callOff());
            });
  }

  private void onTimeout(Duration limit) {
    abandon(new HttpTimeoutException("no response within " + limit));
  }

  private void cancel() {
    abandon(new CancellationException("the request was cancelled"));
  }

  /** Any thread: gives the call up, whatever it is doing. */
  void abandon(Throwable failure) {
    abandoned = true;
    Attempt attempt = current.get();
    if (attempt != null) {
      attempt.abandonLater(failure);
    }
    fail(failure);
  }

  private void sendNext() {
    try {
      services.executor().execute(this::sendRequest);
    } catch (RejectedExecutionException e) {
      fail(e);
      end();
    }
  }

  /** Executor: asks cookies and authentication, then puts the request on its way. */
  private void sendRequest() {
    Attempt attempt;
    try {
      HttpRequest sent = request;
      List<String> cookies = services.cookies().forRequest(sent.uri(), sent.headers());
      String authorization = services.authentication().forRequest(sent, authentication);
      BodyPublisher publisher = sent.bodyPublisher().orElse(null);
      Long length = publisher == null ? null : publisher.contentLength();
      RequestHead head = HeaderFields.head(sent, cookies, authorization, length);
      boolean hasBody = publisher != null && length != 0;
      attempt =
          new Attempt(
              head,
              hasBody ? publisher : null,
              patience(sent),
              this,
              services.loop(),
              services.executor(),
              responses);
      if (!tooEarly && services.earlyData().maySend(sent)) {
        attempt.allowEarly();
      }
    } catch (Throwable e) {
      fail(e);
      end();
      return;
    }
    current.set(attempt);
    Origin origin = Origin.of(request.uri());
    services
        .loop()
        .execute(
            () -> {
              if (abandoned) {
                attempt.cancel(new CancellationException());
              } else {
                services.pool().submit(origin, attempt);
              }
            });
  }

  /**
   * No server has to know of the expectation, and none gets the content too late (RFC 9110
   * §10.1.1): most of the request's time is left for it.
   */
  private static Duration patience(HttpRequest request) {
    if (!request.expectContinue()) {
      return null;
    }
    Duration part = request.timeout().map(limit -> limit.dividedBy(4)).orElse(PATIENCE);
    return part.compareTo(PATIENCE) < 0 ? part : PATIENCE;
  }

  @Override
  public void onHead(Attempt attempt, ResponseHead head, ConnectionInfo connection) {
    HttpHeaders headers = HeaderFields.of(head.fields());
    try {
      services.cookies().fromResponse(request.uri(), headers);
      if (services.authentication().again(request, head.status(), headers, authentication)) {
        followWith(attempt, request, head, headers, connection);
        return;
      }
      if (head.status() == TOO_EARLY && attempt.wasEarly()) {
        tooEarly = true; // and on this connection the handshake is complete by now
        followWith(attempt, request, head, headers, connection);
        return;
      }
      HttpRequest next =
          Redirects.next(request, head.status(), headers, services.redirect(), redirects);
      if (next != null) {
        redirects++;
        followWith(attempt, next, head, headers, connection);
        return;
      }
      deliver(attempt, head.status(), headers, connection);
    } catch (Throwable e) {
      fail(e);
      attempt.cancelLater(e);
      end();
    }
  }

  private void followWith(
      Attempt attempt,
      HttpRequest next,
      ResponseHead head,
      HttpHeaders headers,
      ConnectionInfo connection) {
    previous =
        new ReceivedResponse<>(
            request, head.status(), headers, null, previous, connection, attempt.trailers());
    current.set(null);
    attempt
        .response()
        .subscribe(BodySubscribers.limiting(BodySubscribers.discarding(), DISCARDED_BODY));
    request = next;
    retriedAfter = null;
    if (abandoned) {
      end();
    } else {
      sendRequest();
    }
  }

  private void deliver(
      Attempt attempt, int status, HttpHeaders headers, ConnectionInfo connection) {
    BodySubscriber<T> subscriber = handler.apply(new Info(status, headers));
    subscribed = true;
    releaseOnceReceived(attempt);
    attempt.response().subscribe(subscriber);
    HttpRequest answered = request;
    ReceivedResponse<T> before = previous;
    Trailers trailers = attempt.trailers();
    attempt.besideDelivery(
        () ->
            awaitBody(
                attempt,
                subscriber,
                body ->
                    new ReceivedResponse<>(
                        answered, status, headers, body, before, connection, trailers)));
  }

  /** Executor: the subscriber is asked what it makes of the content, and may wait for that. */
  private void awaitBody(
      Attempt attempt, BodySubscriber<T> subscriber, Function<T, HttpResponse<T>> response) {
    try {
      subscriber
          .getBody()
          .whenComplete(
              (body, failure) -> {
                if (failure != null) {
                  failBody(attempt, unwrap(failure));
                } else {
                  complete(() -> future.complete(response.apply(body)));
                }
              });
    } catch (Throwable e) {
      failBody(attempt, e);
    }
  }

  /** Nobody has the body, who could read the rest or close it. */
  private void failBody(Attempt attempt, Throwable failure) {
    fail(failure);
    attempt.abandonLater(failure);
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public void onFailed(Attempt attempt, RequestEnding ending, Throwable failure) {
    if (!abandoned && retriedAfter == null && mayRetry(attempt, ending)) {
      retriedAfter = failure;
      tooEarly |= attempt.wasEarly();
      if (attempt.connection() != null) {
        attempt.connection().outgrow(); // again, but on a new connection
      }
      current.set(null);
      sendNext();
    } else {
      fail(failure);
    }
  }

  private boolean mayRetry(Attempt attempt, RequestEnding ending) {
    if (attempt.isUnheard() && attempt.connection().ending() != null) {
      return ConnectionPool.isWorthAnotherTry(
          new RequestEnding.NotSent(attempt.connection().ending()));
    }
    return switch (ending.retry()) {
      case ANY_METHOD -> ConnectionPool.isWorthAnotherTry(ending);
      case IDEMPOTENT_ONLY -> services.retryIdempotent() && isIdempotent(request.method());
      case NEVER -> false;
    };
  }

  /** RFC 9110 §9.2.2. */
  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  @Override
  public void onBroken(Attempt attempt, Throwable failure) {
    attempt.cancelLater(failure);
    if (attempt == current.get()) {
      fail(failure);
      if (!subscribed) {
        end(); // no subscriber will ever be told
      }
    }
  }

  @Override
  public void onPublisherFailed(Attempt attempt, Throwable failure) {
    Throwable reason = retriedAfter;
    if (reason == null) {
      onBroken(attempt, failure);
    } else {
      reason.addSuppressed(failure); // a body that cannot be had again is none of the caller's
      onBroken(attempt, reason);
    }
  }

  @Override
  public void onReceived(Attempt attempt) {
    releaseOnceReceived(attempt);
  }

  /**
   * When the subscriber is there and so is everything that it will be told, the client need not
   * know this call any more: whoever reads the response holds it, and frees it by letting go.
   */
  private void releaseOnceReceived(Attempt attempt) {
    if (subscribed && attempt == current.get() && attempt.response().isReceived()) {
      services.operations().release(this);
    }
  }

  @Override
  public void onOver(Attempt attempt) {
    if (attempt == current.get()) {
      end();
    }
  }

  private void fail(Throwable failure) {
    complete(() -> future.completeExceptionally(failure));
  }

  private void complete(Runnable completion) {
    try {
      completions.execute(completion);
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }

  /** Nothing is left to do; the client may terminate. */
  private void end() {
    if (ended.compareAndSet(false, true)) {
      services.operations().end(this);
    }
  }

  private record Info(int statusCode, HttpHeaders headers) implements HttpResponse.ResponseInfo {
    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_2;
    }
  }
}
