package dev.sluice.tools.wt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When there is nothing more to wait for from a server that does not say so. */
@Timeout(60)
class ArrivalsTest {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final SessionEndedException IN_ORDER = closed(Side.PEER, 0);

  private final List<String> taken = new ArrayList<>();
  private final CountDownLatch moreInput = new CountDownLatch(1);

  private static SessionEndedException closed(Side by, long code) {
    return new SessionEndedException(new SessionEnding.Closed(by, code, ""));
  }

  /** What comes, and then the end. */
  private Arrivals<String> arrivals(Exception end, String... items) {
    Queue<String> left = new ArrayDeque<>(List.of(items));
    return new Arrivals<>(
        () ->
            left.isEmpty()
                ? CompletableFuture.failedFuture(end)
                : CompletableFuture.completedFuture(left.poll()),
        taken::add);
  }

  private static Sending sent() {
    return Sending.start(() -> {});
  }

  private Sending untilMoreInput() {
    return Sending.start(
        () -> {
          try {
            moreInput.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void allThatCameBeforeTheServerClosedInOrder() throws Exception {
    arrivals(IN_ORDER, "one", "two").takeUntilQuiet(sent(), LONG);
    assertEquals(List.of("one", "two"), taken);
  }

  @Test
  void aCodeIsNoOrder() {
    SessionEndedException end = closed(Side.PEER, 9);
    assertSame(
        end,
        assertThrows(
            SessionEndedException.class, () -> arrivals(end, "one").takeUntilQuiet(sent(), LONG)));
    assertEquals(List.of("one"), taken);
  }

  @Test
  void norIsOurOwnClose() {
    assertThrows(
        SessionEndedException.class,
        () -> arrivals(closed(Side.LOCAL, 0)).takeUntilQuiet(sent(), LONG));
  }

  @Test
  void norIsACloseBeforeAllWasSent() {
    assertThrows(
        SessionEndedException.class,
        () -> arrivals(IN_ORDER).takeUntilQuiet(untilMoreInput(), Duration.ZERO));
  }

  @Test
  void theEndOfTheInputMayBeAsNear() throws Exception {
    Thread waiting = Thread.currentThread();
    Thread.startVirtualThread(
        () -> {
          while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
          }
          moreInput.countDown();
        });
    arrivals(IN_ORDER).takeUntilQuiet(untilMoreInput(), LONG);
  }

  @Test
  void whatWentWrongHereComesFirst() {
    CommandException own = new CommandException(ExitCode.READ_ERROR, "a bad disk");
    Sending failing =
        Sending.start(
            () -> {
              throw own;
            });
    assertSame(
        own,
        assertThrows(
            CommandException.class,
            () -> arrivals(closed(Side.PEER, 9)).takeUntilQuiet(failing, LONG)));
  }

  @Test
  void nothingForAWhileIsTheEnd() throws Exception {
    new Arrivals<>(CompletableFuture<String>::new, taken::add)
        .takeUntilQuiet(sent(), Duration.ZERO);
    assertEquals(List.of(), taken);
  }
}
