package dev.sluice.tools.wt;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that sends, and how it ends. */
@Timeout(60)
class SendingTest {
  private static final CommandException OWN =
      new CommandException(ExitCode.READ_ERROR, "a bad disk");

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Else the server's answer to that would seem to be what went wrong. */
  @Test
  void ownFailuresAreKnownBeforeTheServerHearsOfThem() {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    Sending sending =
        Sending.start(
            () -> {
              throw OWN;
            },
            () -> {
              told.countDown();
              await(answered);
            });
    await(told);
    assertSame(OWN, assertThrows(CommandException.class, sending::throwOwnFailure));
    answered.countDown();
    assertSame(OWN, assertThrows(CommandException.class, () -> Sending.await(sending.done())));
  }

  @Test
  void whatTheServerDoesIsNotOwn() throws Exception {
    IOException stopped = new IOException("stopped");
    Sending sending =
        Sending.start(
            () -> {
              throw stopped;
            },
            () -> {
              throw new AssertionError("nothing to tell");
            });
    assertSame(stopped, assertThrows(IOException.class, () -> Sending.await(sending.done())));
    sending.throwOwnFailure();
    Sending whole = Sending.start(() -> {});
    Sending.await(whole.done());
    assertTrue(whole.isComplete());
  }
}
