package dev.sluice.tools.perf;

import dev.sluice.quic.QuicStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Reads a stream to its end where its bytes arrive, without a thread that is woken for them. */
final class StreamReading {
  private final QuicStream stream;
  private final PerfConnection.Sink sink;
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();

  /** Small answers stay small; whoever sends more gets more room. */
  private ByteBuffer chunk = ByteBuffer.allocate(1024);

  private StreamReading(QuicStream stream, PerfConnection.Sink sink) {
    this.stream = stream;
    this.sink = sink;
  }

  /**
   * Begins.
   *
   * @param sink told of bytes on the connection's loop
   * @return true at the end of the stream, false when the sink wants no more
   */
  static CompletableFuture<Boolean> begin(QuicStream stream, PerfConnection.Sink sink) {
    StreamReading reading = new StreamReading(stream, sink);
    reading.read();
    return reading.over;
  }

  /** Reads what is there, in a loop rather than each in the callback of the last. */
  private void read() {
    boolean more = true;
    while (more) {
      CompletableFuture<Integer> read = stream.readAsync(chunk.clear());
      if (!read.isDone()) {
        read.whenComplete(
            (n, failure) -> {
              if (goesOn(n, failure)) {
                read();
              }
            });
        return;
      }
      more = read.handle(this::goesOn).join();
    }
  }

  private boolean goesOn(Integer n, Throwable failure) {
    if (failure != null) {
      over.completeExceptionally(failure);
    } else if (n < 0) {
      over.complete(true);
    } else if (!sink.received(n)) {
      over.complete(false);
    } else if (n == chunk.capacity() && n < PerfProtocol.CHUNK) {
      chunk = ByteBuffer.allocate(PerfProtocol.CHUNK);
    }
    return !over.isDone();
  }
}
