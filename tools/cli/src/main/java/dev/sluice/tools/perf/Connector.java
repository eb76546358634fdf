package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Opens connections to the server that is measured: with our own client, or with that of another
 * implementation, which is then measured by the same code. Whoever the server is, its certificate
 * is accepted: its signature is verified, its issuer is not looked for. Any thread.
 */
public interface Connector extends AutoCloseable {

  /** A connection on which nothing but the handshake counts. */
  interface Handshake extends AutoCloseable {
    /** Whether it has not ended. */
    boolean isAlive();

    @Override
    void close();
  }

  /** How datagrams are moved, for people; empty when the client does not tell. */
  default Optional<String> io() {
    return Optional.empty();
  }

  /** Opens connections that are then left alone, and ends those that are left. */
  interface Idle extends AutoCloseable {
    /** One more. */
    Handshake open() throws IOException, InterruptedException;

    @Override
    default void close() {}
  }

  /**
   * For connections as programs hold them that do not use them.
   *
   * @param most how many there will be
   */
  default Idle idle(int most) {
    return () -> Waiting.result(handshake(false));
  }

  /** A connection of its own; with HTTP/3 it may come about with the first request only. */
  PerfConnection connect() throws IOException, InterruptedException;

  /**
   * A connection as soon as its handshake is complete.
   *
   * @param resumed whether it resumes a session; the first call may open a connection for a ticket,
   *     and wait for it
   * @return completes where the client learns of it, which may be a thread that must not wait; with
   *     an IOException also when the session was not resumed, or this cannot do it
   */
  CompletableFuture<Handshake> handshake(boolean resumed) throws IOException, InterruptedException;

  @Override
  void close();
}
