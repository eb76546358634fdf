package dev.sluice.quic.io;

import dev.sluice.quic.stream.ReturnedChunks;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What all connections of one event loop have in common, for those who put a protocol on top.
 *
 * @param executor runs tasks on the loop's thread
 * @param timer runs tasks there later
 * @param retention bounds how long content waits for readers after the end of its connection
 * @param writerChunks arrays that the pipes of all writers share; null for none
 */
public record LoopResources(
    Executor executor,
    ContentRetention.Timer timer,
    ContentRetention retention,
    ReturnedChunks writerChunks) {

  /**
   * @param contentRetention how long unread content of connections that have ended is kept
   */
  public static LoopResources of(EventLoop loop, Duration contentRetention) {
    return new LoopResources(
        loop,
        loop::schedule,
        new ContentRetention(loop::schedule, contentRetention),
        loop.writerChunks());
  }

  /**
   * Any thread: has a task run on the loop, later.
   *
   * @return false when the loop has ended, so that the task never runs
   */
  public boolean execute(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
