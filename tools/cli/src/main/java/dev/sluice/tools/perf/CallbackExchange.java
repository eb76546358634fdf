package dev.sluice.tools.perf;

import dev.sluice.quic.QuicStream;
import dev.sluice.tools.perf.PerfConnection.Sink;
import dev.sluice.tools.perf.PerfConnection.Source;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Both sides of one exchange of {@link PerfProtocol} on the connection's loop, as event-driven
 * programs do it: no thread waits for what arrives or for room, and what is sent is not copied.
 * {@link StreamExchange} does the same with threads.
 */
final class CallbackExchange {
  private CallbackExchange() {}

  /**
   * Asks for bytes, sends what the source gives, and gives the answer to the sink.
   *
   * @return completes when both directions are over, or the sink wants no more; as the stream's end
   *     otherwise
   */
  static CompletableFuture<Void> ask(QuicStream stream, Source source, long wanted, Sink sink) {
    byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(wanted).array();
    CompletableFuture<Void> sent = StreamWriting.begin(stream, number, source);
    return StreamReading.begin(stream, sink)
        .thenCompose(
            toTheEnd -> {
              if (!toTheEnd) {
                stream.stopSending(0);
              }
              return sent;
            });
  }

  /** Answers one request. */
  static void answer(QuicStream stream) {
    readNumber(stream, ByteBuffer.allocate(Long.BYTES))
        .thenCompose(wanted -> answer(stream, wanted))
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                stream.reset(0); // the client has enough, or is gone
              }
            });
  }

  private static CompletableFuture<Long> readNumber(QuicStream stream, ByteBuffer number) {
    return stream
        .readAsync(number)
        .thenCompose(
            n -> {
              if (n < 0) {
                return CompletableFuture.failedFuture(
                    new EOFException("a stream without a number"));
              }
              return number.hasRemaining()
                  ? readNumber(stream, number)
                  : CompletableFuture.completedFuture(number.getLong(0));
            });
  }

  private static CompletableFuture<Void> answer(QuicStream stream, long wanted) {
    if (wanted == PerfProtocol.USAGE || wanted == PerfProtocol.USAGE_AFTER_COLLECTION) {
      return CompletableFuture.supplyAsync(
              () -> StreamExchange.usage(wanted).encode(), Thread::startVirtualThread)
          .thenCompose(usage -> stream.writeAsync(ByteBuffer.wrap(usage)))
          .thenRun(stream::finish);
    }
    CompletableFuture<Boolean> read = StreamReading.begin(stream, received -> true);
    if (wanted == 0) {
      return read.thenRun(stream::finish);
    }
    CompletableFuture<Void> sent =
        StreamWriting.begin(stream, new byte[0], Source.ofLength(wanted));
    return read.thenCompose(toTheEnd -> sent);
  }
}
