package dev.sluice.tools.wt;

import dev.sluice.tools.CommandException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What a thread of its own sends: standard input may be silent while the server speaks. */
final class Sending {
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** This side's own fault; null when there is none so far. */
  private volatile CommandException ownFailure;

  /** The whole of what is to be sent. */
  @FunctionalInterface
  interface Task {
    void run() throws CommandException, IOException;
  }

  private Sending() {}

  /** Begins; the server is not told when this side fails. */
  static Sending start(Task task) {
    return start(task, () -> {});
  }

  /**
   * Begins. The thread is a daemon: the process may end while it waits for input.
   *
   * @param cutShort tells the server when this side has failed, which is known here by then: its
   *     answer may arrive at once
   */
  static Sending start(Task task, Runnable cutShort) {
    Sending sending = new Sending();
    Thread.ofPlatform().daemon().name("sluice-wt-stdin").start(() -> sending.run(task, cutShort));
    return sending;
  }

  private void run(Task task, Runnable cutShort) {
    try {
      task.run();
      done.complete(null);
    } catch (CommandException e) {
      ownFailure = e;
      try {
        cutShort.run();
      } finally {
        done.completeExceptionally(e);
      }
    } catch (Throwable e) {
      done.completeExceptionally(e);
    }
  }

  /** Done when everything was sent; fails with what went wrong. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Whether everything was sent. */
  boolean isComplete() {
    return done.isDone() && !done.isCompletedExceptionally();
  }

  /** Tells why nothing more could be sent, if that is this side's own fault. */
  void throwOwnFailure() throws CommandException {
    if (ownFailure != null) {
      throw ownFailure;
    }
  }

  /** Waits for something, and passes on what went wrong with it. */
  static <T> T await(CompletableFuture<T> future)
      throws CommandException, IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case CommandException own -> throw own;
        case IOException lost -> throw lost;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
