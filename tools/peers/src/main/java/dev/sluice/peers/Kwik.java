package dev.sluice.peers;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What whoever talks to kwik has to know about it.
 *
 * <p>When kwik 0.10.8 sends, the thread that writes asks its sender to send and counts that request
 * afterwards. Where the sender is quicker, it finds a count below zero, takes it for a request that
 * is waiting, and asks for no other: with all packets acknowledged and the window open it falls
 * silent in the middle of a stream, while the thread that writes waits for room in its buffer. On a
 * busy machine that happens in one megabyte out of ten, so what it is asked to send in tests is
 * short.
 *
 * <p>Its client acknowledges a ServerHello now and then and does nothing with it: it goes on to
 * probe in Initial packets, and takes none of the Handshake packets that the server sends again and
 * again. That is one connection in thirty where the process has had many. And what kwik receives
 * depends on its sender, too: acknowledgements and window updates leave through it, and an
 * exception on its thread ends the connection. So whoever falls silent or closes gets another
 * chance, on a new connection. What arrives has to be right at the first.
 */
public final class Kwik {
  /** In seconds; shorter than a chance, so that it is told what was missing. */
  public static final int PATIENCE = 50;

  private static final int CHANCES = 5;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** A conversation with kwik. */
  @FunctionalInterface
  public interface Talk {
    void run() throws Exception;
  }

  private Kwik() {}

  /** Runs it again when it took too long or broke off; an assertion that fails is final. */
  public static void patiently(Talk talk) throws Exception {
    for (int chance = 1; ; chance++) {
      try {
        once(talk);
        return;
      } catch (Exception silence) {
        if (chance == CHANCES) {
          throw silence;
        }
      }
    }
  }

  /** On a thread of its own: a read from kwik may wait without an end. */
  private static void once(Talk talk) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              talk.run();
              return null;
            });
    Thread thread = Thread.ofPlatform().daemon().name("with kwik").start(task);
    try {
      task.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception brokenOff -> throw brokenOff;
        case Error failure -> throw failure;
        default -> throw e;
      }
    } catch (TimeoutException e) {
      thread.interrupt();
      throw e;
    }
  }
}
