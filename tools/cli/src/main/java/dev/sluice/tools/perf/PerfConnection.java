package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A client's connection to a server of {@link PerfProtocol}, over raw QUIC or HTTP/3. */
public interface PerfConnection extends AutoCloseable {

  /** What is sent: says how many bytes the next write has, at most a chunk; 0 at the end. */
  @FunctionalInterface
  interface Source {
    /** Sends nothing. */
    Source NOTHING = () -> 0;

    int next();

    /** So many bytes in all; {@link #NOTHING} for none. */
    static Source ofLength(long length) {
      if (length == 0) {
        return NOTHING;
      }
      long[] left = {length};
      return () -> {
        int next = (int) Math.min(left[0], PerfProtocol.CHUNK);
        left[0] -= next;
        return next;
      };
    }
  }

  /** Is told of bytes that arrived, and says whether it wants more. */
  @FunctionalInterface
  interface Sink {
    boolean received(int bytes);
  }

  /**
   * One request on a fresh stream. Waits until both directions are over, or the sink wants no more.
   *
   * @param wanted bytes that the server is to send
   */
  void exchange(Source source, long wanted, Sink sink) throws IOException, InterruptedException;

  /** Makes requests without a thread that waits for each. */
  @FunctionalInterface
  interface Asker {
    /**
     * One request without content on a fresh stream, whose response is thrown away; does not wait.
     *
     * @param wanted bytes that the server is to send
     * @return completes when both directions are over, one request after the other, on a thread
     *     that must not be held up
     */
    CompletableFuture<Void> ask(long wanted);
  }

  /** For requests of which none has a thread; empty where each has to be waited for. */
  default Optional<Asker> asker() {
    return Optional.empty();
  }

  /** Sends a datagram, which will come back; false when it cannot be sent. */
  boolean sendDatagram(byte[] data) throws IOException, InterruptedException;

  /** Waits for one that came back. */
  byte[] receiveDatagram() throws IOException, InterruptedException;

  /**
   * What the server's process has used; null when the server does not tell.
   *
   * @param collect whether to collect garbage first
   */
  Usage usage(boolean collect) throws IOException, InterruptedException;

  @Override
  void close();
}
