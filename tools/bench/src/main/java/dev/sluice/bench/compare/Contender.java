package dev.sluice.bench.compare;

import java.io.IOException;

/**
 * A pair of programs, or the pump, in one task.
 *
 * @param client as in the table
 * @param server as in the table
 * @param ours the contender of ours that it is compared with; null when it is that itself, or is
 *     compared with nothing
 */
record Contender(Task task, String client, String server, String ours, Run run) {

  /** Measures once. */
  @FunctionalInterface
  interface Run {
    double measure(Lab lab) throws IOException, InterruptedException;
  }

  /** Tells it from the others of its task. */
  String label() {
    return client + " / " + server;
  }
}
