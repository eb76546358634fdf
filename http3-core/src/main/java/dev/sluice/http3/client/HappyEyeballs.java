package dev.sluice.http3.client;

import dev.sluice.quic.ending.ConnectionEnding;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/**
 * Connects to the first of several addresses that answers (RFC 8305 §5): one attempt after another,
 * the next as soon as one has failed, or has been silent for a while, without giving it up. Runs on
 * the loop thread.
 *
 * @param <C> a connection
 */
final class HappyEyeballs<C> {

  /** RFC 8305 §8: the recommended Connection Attempt Delay. */
  static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /** Begins a connection. */
  @FunctionalInterface
  interface Dialer<C> {
    /**
     * Begins to connect.
     *
     * @param progress to be told how that went, later and once
     * @return gives it up: it lost the race, or is not wanted any more
     * @throws IOException when it cannot even begin, for want of a local address of the family
     */
    Runnable dial(InetSocketAddress address, Progress<C> progress) throws IOException;
  }

  /** How one attempt went. */
  interface Progress<C> {
    /** The handshake is complete. */
    void connected(C connection);

    /** It came to nothing. */
    void failed(Failure failure);
  }

  /** How all went. Exactly one of the two is called, once. */
  interface Outcome<C> {
    void onConnected(C connection);

    void onFailed(Failure failure);
  }

  /**
   * Why there is no connection.
   *
   * @param ending null when it did not get as far as a handshake
   */
  record Failure(ConnectionEnding ending, IOException exception) {}

  private final Queue<InetSocketAddress> addresses;
  private final Dialer<C> dialer;
  private final Executor loop;
  private final Outcome<C> outcome;

  private final List<Race> racing = new ArrayList<>();
  private Failure failure;
  private Deadline next;
  private boolean decided;

  HappyEyeballs(
      List<InetSocketAddress> addresses, Dialer<C> dialer, Executor loop, Outcome<C> outcome) {
    this.addresses = new ArrayDeque<>(addresses);
    this.dialer = dialer;
    this.loop = loop;
    this.outcome = outcome;
  }

  /** Begins with the first address. */
  void start() {
    dialNext();
  }

  /** Gives up; nothing is called afterwards. */
  void abort() {
    decide(null);
  }

  private void dialNext() {
    if (decided) {
      return;
    }
    if (next != null) {
      next.callOff();
      next = null;
    }
    InetSocketAddress address = addresses.poll();
    if (address == null) {
      failIfNothingIsLeft();
      return;
    }
    Race race = new Race();
    racing.add(race);
    try {
      race.abandon = dialer.dial(address, race);
    } catch (IOException e) {
      race.failed(new Failure(null, e));
      return;
    } catch (RuntimeException | Error e) { // of a trust manager, say: whoever waits must hear of it
      race.failed(new Failure(null, new IOException(e)));
      return;
    }
    if (!decided && !addresses.isEmpty()) {
      next = Deadline.after(ATTEMPT_DELAY, loop, this::dialNext);
    }
  }

  private void failIfNothingIsLeft() {
    if (!decided && racing.isEmpty()) {
      decide(null);
      outcome.onFailed(
          failure != null
              ? failure
              : new Failure(null, new ConnectException("there is no address to connect to")));
    }
  }

  private void decide(Race winner) {
    decided = true;
    if (next != null) {
      next.callOff();
    }
    for (Race race : racing) {
      if (race != winner && race.abandon != null) {
        race.abandon.run();
      }
    }
    racing.clear();
  }

  /** The most telling of several: a peer that answered says more than one that did not. */
  private static Failure moreTelling(Failure one, Failure other) {
    return one == null
            || (other.exception() instanceof SSLException
                && !(one.exception() instanceof SSLException))
        ? other
        : one;
  }

  private final class Race implements Progress<C> {
    private Runnable abandon;

    @Override
    public void connected(C connection) {
      if (!decided) {
        decide(this);
        outcome.onConnected(connection);
      }
    }

    @Override
    public void failed(Failure why) {
      if (!decided && racing.remove(this)) {
        failure = moreTelling(failure, why);
        dialNext();
      }
    }
  }
}
