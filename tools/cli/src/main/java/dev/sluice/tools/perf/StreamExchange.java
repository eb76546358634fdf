package dev.sluice.tools.perf;

import dev.sluice.tools.perf.PerfConnection.Sink;
import dev.sluice.tools.perf.PerfConnection.Source;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Both sides of one exchange of {@link PerfProtocol} over the two directions of a stream, of
 * whichever implementation it is.
 */
public final class StreamExchange {
  private StreamExchange() {}

  /** Work in one direction while the caller is busy with the other. */
  @FunctionalInterface
  private interface Direction {
    void run() throws IOException;
  }

  // ---- the client's side ----

  /**
   * Asks for bytes, sends what the source gives, and reads the answer.
   *
   * @return false when the sink wanted no more: the peer has to be told to stop
   */
  public static boolean ask(InputStream in, OutputStream out, Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    if (wanted <= PerfProtocol.CHUNK || source == Source.NOTHING) {
      send(out, source, wanted);
      return receive(in, sink);
    }
    CompletableFuture<Void> sent = aside(() -> send(out, source, wanted));
    boolean toTheEnd = receive(in, sink);
    Waiting.result(sent);
    return toTheEnd;
  }

  /** Asks for the server's usage. */
  public static Usage askUsage(InputStream in, OutputStream out, boolean collect)
      throws IOException {
    long which = collect ? PerfProtocol.USAGE_AFTER_COLLECTION : PerfProtocol.USAGE;
    send(out, Source.NOTHING, which);
    byte[] answer = in.readNBytes(Usage.ENCODED);
    if (answer.length < Usage.ENCODED) {
      throw new EOFException("the server does not tell what it uses");
    }
    return Usage.decode(answer);
  }

  private static void send(OutputStream out, Source source, long wanted) throws IOException {
    byte[] filling = PerfProtocol.filling();
    int next = source.next();
    // One write, so that a small request is one packet.
    byte[] head = new byte[Long.BYTES + next];
    ByteBuffer.wrap(head).putLong(wanted).put(filling, 0, next);
    out.write(head);
    while (next > 0) {
      next = source.next();
      if (next > 0) {
        out.write(filling, 0, next);
      }
    }
    out.close();
  }

  private static boolean receive(InputStream in, Sink sink) throws IOException {
    // Small answers stay small; whoever sends more gets more room.
    byte[] chunk = new byte[1024];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      if (!sink.received(read)) {
        return false;
      }
      if (read == chunk.length && read < PerfProtocol.CHUNK) {
        chunk = new byte[PerfProtocol.CHUNK];
      }
    }
    return true;
  }

  // ---- the server's side ----

  /** Answers one request. */
  public static void serve(InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    byte[] head = in.readNBytes(Long.BYTES);
    if (head.length < Long.BYTES) {
      throw new EOFException("a stream without a number");
    }
    long wanted = ByteBuffer.wrap(head).getLong();
    if (wanted == PerfProtocol.USAGE || wanted == PerfProtocol.USAGE_AFTER_COLLECTION) {
      out.write(usage(wanted).encode());
    } else if (wanted > PerfProtocol.CHUNK) {
      // Both directions at once: neither may wait for the other's flow control.
      CompletableFuture<Void> sent = aside(() -> write(out, wanted));
      drain(in);
      Waiting.result(sent);
    } else {
      drain(in);
      write(out, wanted);
    }
    out.close();
  }

  /** What {@link PerfProtocol#USAGE} or the other number asks for. */
  public static Usage usage(long which) {
    return which == PerfProtocol.USAGE ? Usage.now() : Usage.afterCollection();
  }

  /** Writes so many bytes. */
  static void write(OutputStream out, long wanted) throws IOException {
    byte[] filling = PerfProtocol.filling();
    for (long left = wanted; left > 0; left -= filling.length) {
      out.write(filling, 0, (int) Math.min(left, filling.length));
    }
  }

  /** Reads to the end. A small request has no content: then nothing large is allocated for it. */
  static void drain(InputStream in) throws IOException {
    if (in.read() >= 0) {
      byte[] chunk = new byte[PerfProtocol.CHUNK];
      while (in.read(chunk) >= 0) {
        // dropped
      }
    }
  }

  // ---- both ----

  private static CompletableFuture<Void> aside(Direction direction) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            direction.run();
            done.complete(null);
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }
}
