package dev.sluice.quic.path;

import dev.sluice.quic.trace.Footprint;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Finds out whether the peer can be reached on a path (RFC 9000 §8.2): a question that nobody can
 * answer who does not receive it, asked again while the answer is missing, for a limited time. An
 * answer to a small datagram proves the address but not that the path carries 1200 bytes, so that a
 * second question follows (§8.2.1). Times are nanoseconds of the caller's clock.
 */
final class PathValidation {
  private static final long NEVER = Long.MAX_VALUE;

  /** §8.2.4: three times the PTO. */
  private static final int TIMEOUT_IN_PTOS = 3;

  /** Questions whose answers still count; a validation does not live for more. */
  private static final int MAX_OUTSTANDING = TIMEOUT_IN_PTOS;

  /** What a PATH_RESPONSE tells. */
  enum Answer {
    /** It answers nothing that was asked on this path. */
    UNKNOWN,
    /** The peer is at its address, and is asked again with a full datagram. */
    ADDRESS,
    /** The path works. */
    PATH
  }

  private record Challenge(long data, boolean expanded, long sentAt) {}

  private final Deque<Challenge> outstanding = new ArrayDeque<>();
  private boolean underway;
  private boolean succeeded;
  private boolean wanted;
  private boolean sizeInQuestion;
  private int asked;
  private long pto;
  private long retryAt = NEVER;
  private long deadline = NEVER;

  /** Begins, unless it is under way already; an earlier result is forgotten. */
  void start(long probeTimeout, long now) {
    if (!underway) {
      underway = true;
      succeeded = false;
      ask(probeTimeout, now);
    }
  }

  private void ask(long probeTimeout, long now) {
    pto = probeTimeout;
    wanted = true;
    asked = 0;
    outstanding.clear();
    retryAt = NEVER;
    deadline = now + TIMEOUT_IN_PTOS * pto;
  }

  /** The answer makes no difference any more. */
  void abandon() {
    underway = false;
    wanted = false;
    outstanding.clear();
    retryAt = NEVER;
    deadline = NEVER;
  }

  /** A small question was answered, and a full one was not yet (§8.2.1). */
  boolean isSizeInQuestion() {
    return sizeInQuestion;
  }

  boolean isUnderway() {
    return underway;
  }

  /** The last validation that ended proved that the path works. */
  boolean hasSucceeded() {
    return succeeded;
  }

  /** Whether a PATH_CHALLENGE is to be sent. */
  boolean isDue() {
    return wanted;
  }

  /**
   * A PATH_CHALLENGE goes out.
   *
   * @param expanded whether in a datagram of at least 1200 bytes
   */
  void onSent(long data, boolean expanded, long now) {
    wanted = false;
    if (outstanding.size() == MAX_OUTSTANDING) {
      outstanding.poll();
    }
    outstanding.add(new Challenge(data, expanded, now));
    // As a probe timeout would (§9.4), which is not more often than Initials are repeated.
    retryAt = now + (pto << Math.min(asked, TIMEOUT_IN_PTOS));
    asked++;
  }

  /**
   * The packet with this challenge was lost, which saves the timer its backoff. It is not asked
   * again before a PTO all the same (§9.4).
   */
  void onLost(long data) {
    Challenge last = outstanding.peekLast();
    if (last != null && last.data == data) {
      retryAt = Math.min(retryAt, last.sentAt + pto);
    }
  }

  Answer onResponse(long data, long now) {
    for (Challenge challenge : outstanding) {
      if (challenge.data == data) {
        if (!challenge.expanded) {
          sizeInQuestion = true;
          ask(pto, now);
          return Answer.ADDRESS;
        }
        abandon();
        succeeded = true;
        sizeInQuestion = false;
        return Answer.PATH;
      }
    }
    return Answer.UNKNOWN;
  }

  void measure(Footprint out) {
    out.holds("challenges that await an answer", outstanding.size(), MAX_OUTSTANDING);
  }

  /** When {@link #onDeadline} is to be called; {@link Long#MAX_VALUE} while nothing is awaited. */
  long deadline() {
    return Math.min(retryAt, deadline);
  }

  /** Asks again, or gives up. */
  void onDeadline(long now) {
    if (now >= deadline) {
      abandon();
    } else if (now >= retryAt) {
      retryAt = NEVER;
      wanted = true;
    }
  }
}
