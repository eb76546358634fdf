package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.message.Fields;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that sends a request and closes at once: the handler is called all the same, its stream
 * gives every byte, and then the end or the exception that says why there is no more.
 */
@Timeout(60)
class CloseOnTheWireTest {
  private static final ConnectionEnding POLITE =
      new ConnectionEnding.ApplicationClose(
          ConnectionEnding.Side.PEER, Http3Error.H3_NO_ERROR.code(), "bye");
  private static final Frame CLOSE =
      new ConnectionCloseFrame(true, Http3Error.H3_NO_ERROR.code(), 0, "bye");

  private enum Body {
    CUT(false, false, 60),
    COMPLETE_WITH_FIN(true, true, 5),
    COMPLETE_BY_CONTENT_LENGTH(false, true, 5);

    final boolean fin;
    final boolean complete;
    final int lastLength;

    Body(boolean fin, boolean complete, int lastLength) {
      this.fin = fin;
      this.complete = complete;
      this.lastLength = lastLength;
    }

    byte[] head() {
      List<FieldLine> lines =
          new ArrayList<>(
              List.of(
                  new FieldLine(":method", "POST"),
                  new FieldLine(":scheme", "https"),
                  new FieldLine(":authority", "localhost"),
                  new FieldLine(":path", "/")));
      if (this == COMPLETE_BY_CONTENT_LENGTH) {
        lines.add(new FieldLine("content-length", "8"));
      }
      byte[] section = new QpackEncoder(new EncoderLimits(0, 0)).encode(0, lines);
      return new HeadersFrame(section).encode();
    }

    /** Two DATA frames, of which the second may say that it is longer than it is. */
    byte[] content() {
      return new byte[] {0, 3, 1, 2, 3, 0, (byte) lastLength, 4, 5, 6, 7, 8};
    }
  }

  private enum Reader {
    /** The handler waits in a read when the rest comes. */
    BLOCKED,
    /** Everything comes in one datagram. */
    NOT_CALLED,
    /** Everything comes at once, and the handler reads when the connection is long over. */
    LATE
  }

  static Stream<Arguments> rows() {
    return Stream.of(Body.values())
        .flatMap(body -> Stream.of(Reader.values()).map(reader -> Arguments.of(body, reader)));
  }

  private static Frame stream(long offset, byte[] bytes, boolean fin) {
    return new StreamFrame(0, offset, Bytes.of(bytes), fin);
  }

  /** What a handler read, and how it ended; null for a clean end. */
  private record Seen(byte[] bytes, RequestEnding ending) {}

  private static Seen read(Http3Exchange exchange) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (int b = exchange.requestBody().read(); b >= 0; b = exchange.requestBody().read()) {
        bytes.write(b);
      }
      return new Seen(bytes.toByteArray(), null);
    } catch (RequestEndedException e) {
      return new Seen(bytes.toByteArray(), e.ending());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theHandlerGetsEveryByteAndThenTheEnd(Body body, Reader reader) throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch mayRead = new CountDownLatch(reader == Reader.LATE ? 1 : 0);
    CompletableFuture<Seen> seen = new CompletableFuture<>();
    Http3Handler handler =
        exchange -> {
          called.countDown();
          mayRead.await();
          seen.complete(read(exchange));
          exchange.respond(204, Fields.EMPTY);
        };
    try (Loopback loopback = Loopback.of(handler);
        WireClient client = new WireClient(loopback.server.localAddress())) {
      byte[] head = body.head();
      Frame first = stream(0, head, false);
      Frame rest = stream(head.length, body.content(), body.fin);
      if (reader == Reader.BLOCKED) {
        client.send(List.of(List.of(first)), false);
        called.await();
        client.send(List.of(List.of(rest, CLOSE)), true);
      } else {
        client.send(List.of(List.of(first, rest, CLOSE)), true);
      }
      if (reader == Reader.LATE) {
        called.await();
        loopback.server.close();
        loopback.server.awaitTermination();
        mayRead.countDown();
      }
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, seen.get().bytes());
      if (body.complete) {
        assertNull(seen.get().ending());
      } else {
        assertEquals(new RequestEnding.ConnectionLost(POLITE, true), seen.get().ending());
      }
    }
  }
}
