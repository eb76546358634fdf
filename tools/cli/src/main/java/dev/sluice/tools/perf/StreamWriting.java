package dev.sluice.tools.perf;

import dev.sluice.quic.QuicStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Writes to a stream whenever it has room, without a thread that waits for that. */
final class StreamWriting {
  private final QuicStream stream;
  private final PerfConnection.Source source;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private ByteBuffer bytes;

  private StreamWriting(QuicStream stream, PerfConnection.Source source, ByteBuffer first) {
    this.stream = stream;
    this.source = source;
    this.bytes = first;
  }

  /**
   * Begins.
   *
   * @param head what goes before the source's bytes, in one piece with the first of them, so that a
   *     small request is one packet
   * @param source asked on the connection's loop
   * @return completes when all was taken and the stream is finished
   */
  static CompletableFuture<Void> begin(
      QuicStream stream, byte[] head, PerfConnection.Source source) {
    int next = source.next();
    ByteBuffer first = ByteBuffer.allocate(head.length + next);
    first.put(head).put(PerfProtocol.filling(), 0, next).flip();
    StreamWriting writing = new StreamWriting(stream, source, first);
    writing.write();
    return writing.over;
  }

  /** Writes while there is room, in a loop rather than each in the callback of the last. */
  private void write() {
    boolean more = true;
    while (more) {
      CompletableFuture<Void> written = stream.lendAsync(bytes);
      if (!written.isDone()) {
        written.whenComplete(
            (nothing, failure) -> {
              if (goesOn(failure)) {
                write();
              }
            });
        return;
      }
      more = written.handle((nothing, failure) -> goesOn(failure)).join();
    }
  }

  private boolean goesOn(Throwable failure) {
    if (failure != null) {
      over.completeExceptionally(failure);
      return false;
    }
    int next = source.next();
    if (next == 0) {
      stream.finish();
      over.complete(null);
      return false;
    }
    bytes = ByteBuffer.wrap(PerfProtocol.filling(), 0, next);
    return true;
  }
}
