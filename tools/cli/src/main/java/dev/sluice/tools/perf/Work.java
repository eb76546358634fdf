package dev.sluice.tools.perf;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** What the workers of one measurement do. */
interface Work extends AutoCloseable {

  /** Opens what is needed before anything can be done. */
  void open() throws IOException, InterruptedException;

  /** How many workers do it side by side. */
  int workers();

  /**
   * One worker: goes on until the meter has enough.
   *
   * @param latencies nanoseconds of each thing done, this worker's own
   */
  void run(Meter meter, Histogram latencies) throws IOException, InterruptedException;

  /** Whether it is over only when the workers have returned, not when the last thing was begun. */
  default boolean lastsUntilWorkersReturn() {
    return false;
  }

  /** What the server's process has used; null when it is not known. */
  Usage serverUsage() throws IOException, InterruptedException;

  @Override
  void close();
}
