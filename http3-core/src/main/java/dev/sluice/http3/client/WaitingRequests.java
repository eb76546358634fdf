package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Attempts that wait on a connection for the end of its handshake, or for the server to allow
 * another stream, in the order in which they came.
 */
final class WaitingRequests {

  /** The connection that they wait on. */
  interface Owner {
    /** Whether a new request may be sent on it. */
    boolean isUsable();

    /** Before that only early requests may leave. */
    boolean isHandshakeComplete();

    /** Those that wait have to {@link #passOn} or {@link #fail}. */
    void onUnusable(RequestEnding.NotSent ending);

    /** An attempt waits no more: its head is on its way. */
    void onOpened(Attempt attempt, RequestStream stream);
  }

  private final Http3Connection http;
  private final Owner owner;
  private final ArrayDeque<Attempt> attempts = new ArrayDeque<>();

  WaitingRequests(Http3Connection http, Owner owner) {
    this.http = http;
    this.owner = owner;
  }

  boolean isEmpty() {
    return attempts.isEmpty();
  }

  void add(Attempt attempt) {
    attempts.add(attempt);
  }

  /** Sends those that can be sent now. */
  void open() {
    if (!owner.isHandshakeComplete()) {
      openEarly();
      return;
    }
    boolean goesOn = true;
    while (goesOn && !attempts.isEmpty()) {
      goesOn = open(attempts.peek());
    }
  }

  /** Those that may be replayed; the others wait on. */
  private void openEarly() {
    for (Attempt attempt : List.copyOf(attempts)) {
      boolean mayGo = attempt.mayBeEarly() || attempt.isOver();
      if (mayGo && !open(attempt)) {
        return;
      }
    }
  }

  /** Sends one; false when it has to wait on, or none waits any more. */
  private boolean open(Attempt attempt) {
    if (attempt.isOver()) {
      attempts.remove(attempt);
      return true;
    }
    if (!owner.isUsable()) {
      owner.onUnusable(new RequestEnding.NotSent(http.ending()));
      return false;
    }
    RequestStream stream;
    try {
      stream = http.openRequest(attempt.head(), attempt.isHeadOnly());
    } catch (IllegalArgumentException e) {
      attempts.remove(attempt);
      attempt.end(new RequestEnding.Abandoned(Http3Error.H3_REQUEST_CANCELLED.code()), e);
      return true;
    }
    if (stream == null) {
      return false; // RequestsAvailable follows
    }
    attempts.remove(attempt);
    owner.onOpened(attempt, stream);
    return true;
  }

  /** None of them will be sent here: somebody else takes them. */
  void passOn(Consumer<Attempt> to) {
    for (Attempt next = attempts.poll(); next != null; next = attempts.poll()) {
      if (!next.isOver()) {
        to.accept(next);
      }
    }
  }

  /** None of them will be sent. */
  void fail(RequestEnding ending) {
    for (Attempt next = attempts.poll(); next != null; next = attempts.poll()) {
      next.end(ending, Failures.ofRequest(ending));
    }
  }

  /** The same, for a reason that is none of this connection's. */
  void fail(RequestEnding ending, IOException failure) {
    for (Attempt next = attempts.poll(); next != null; next = attempts.poll()) {
      next.end(ending, failure);
    }
  }
}
