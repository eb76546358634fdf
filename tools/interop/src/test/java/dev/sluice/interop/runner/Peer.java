package dev.sluice.interop.runner;

import java.io.IOException;
import java.util.Optional;

/** An implementation that takes part, and how it is started. */
interface Peer {
  /** As the matrix calls it. */
  String name();

  /** A program that it needs and that is not installed, with its package. */
  default Optional<String> missing() {
    return Optional.empty();
  }

  /** Whether it speaks HTTP/3 only, so that all is fetched by that. */
  default boolean needsHttp3() {
    return true;
  }

  /** Whether it has no client. */
  default boolean servesOnly() {
    return false;
  }

  /** Why it cannot be the server in a case; empty when it can. */
  Optional<String> cannotServe(Case which);

  /** Why it cannot be the client in a case; empty when it can. */
  Optional<String> cannotFetch(Case which);

  /**
   * How many times a case may be run until it passes with this client. Networks that lose a third
   * of everything and limits in seconds make a peer that we cannot mend fail now and then.
   */
  default int chancesToFetch(Case which) {
    return 3;
  }

  /** The same with this server. */
  default int chancesToServe(Case which) {
    return 3;
  }

  /**
   * Starts a server that answers when this returns.
   *
   * @return what ends it
   */
  Running serve(ServerTask task) throws IOException;

  /**
   * Fetches all, and returns the client's exit code.
   *
   * @throws AssertionError it took too long
   */
  Exit fetch(ClientTask task) throws IOException;

  /** A server under way. */
  interface Running extends AutoCloseable {
    /** What it has printed. */
    String output();

    @Override
    void close();
  }

  /**
   * A client's end.
   *
   * @param code 0 when it has everything
   * @param output what it has printed
   */
  record Exit(int code, String output) {}
}
