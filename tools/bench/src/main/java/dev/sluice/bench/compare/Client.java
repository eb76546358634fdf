package dev.sluice.bench.compare;

import java.io.IOException;

/** The side of a peer that measures. */
interface Client {

  /**
   * Whether it has this task against a server.
   *
   * @param ours whether the server is {@code sluice perf server} or speaks as it does
   */
  boolean does(Task task, boolean ours);

  /**
   * Runs it.
   *
   * @return bytes or things a second, seconds, or bytes, as the task counts
   */
  double measure(Lab lab, Task task, Server server) throws IOException, InterruptedException;
}
