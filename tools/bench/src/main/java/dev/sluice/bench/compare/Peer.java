package dev.sluice.bench.compare;

import java.io.IOException;
import java.util.Optional;

/** An implementation: how to start its server, and what its client measures. */
interface Peer {

  /** What both ends of a pair have to speak. */
  enum Protocol {
    /** Raw QUIC with the protocol of {@code sluice perf}. */
    QUIC,
    HTTP3
  }

  /** As in the table. */
  String name();

  Protocol protocol();

  /** Why it cannot be run here; nothing when it can. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /** Starts a server, and waits until it answers. */
  Server serve(Lab lab) throws IOException;

  /**
   * Whether the client has this task against a server.
   *
   * @param ours whether the server is {@code sluice perf server} or speaks as it does
   */
  boolean does(Task task, boolean ours);

  /**
   * Runs the client.
   *
   * @return bytes or things a second, seconds, or bytes, as the task counts
   */
  double measure(Lab lab, Task task, Server server) throws IOException, InterruptedException;

  /** By how much less it is given to carry, since it is slow. */
  default int divisor() {
    return 1;
  }
}
