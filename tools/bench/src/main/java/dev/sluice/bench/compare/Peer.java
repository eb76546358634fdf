package dev.sluice.bench.compare;

import java.io.IOException;
import java.util.Optional;

/** An implementation: how to start its server, and its client if it has one. */
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

  /**
   * Whether its server answers as {@code sluice perf server} does, usage included; else it has
   * files of zeros that are named by their length, or answers a number with so many bytes.
   */
  default boolean speaksAsOurs() {
    return false;
  }

  /** Starts a server, and waits until it answers. */
  Server serve(Lab lab) throws IOException;

  /** Its client; nothing when it has none, and only serves ours. */
  Optional<Client> client();

  /** By how much less it is given to carry, since it is slow. */
  default int divisor() {
    return 1;
  }
}
