package dev.sluice.http3.client;

import static dev.sluice.http3.client.WireServer.data;
import static dev.sluice.http3.client.WireServer.headers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The symptom that gateways see elsewhere, on a real wire: a server answers and closes with
 * H3_NO_ERROR, and the client has response and close at once.
 */
@Timeout(60)
class CloseOnTheWireTest {
  private static final ConnectionEnding POLITE =
      new ConnectionEnding.ApplicationClose(
          ConnectionEnding.Side.PEER, Http3Error.H3_NO_ERROR.code(), "bye");

  /** A response's bytes, frame by frame, and what becomes of it. */
  private record Answer(
      String what, String method, boolean fin, boolean complete, int content, byte[]... frames) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final byte[] OK = headers(":status", "200");

  private static List<Answer> answers() {
    byte[] seven = headers(":status", "200", "content-length", "7");
    return List.of(
        new Answer("content-length met", "GET", false, true, 7, seven, data(3), data(4)),
        new Answer("content-length met, FIN", "GET", true, true, 7, seven, data(3), data(4)),
        new Answer("HEAD", "HEAD", false, true, 0, seven),
        new Answer("204", "GET", false, true, 0, headers(":status", "204")),
        new Answer("304", "GET", false, true, 0, headers(":status", "304", "content-length", "7")),
        new Answer("FIN", "GET", true, true, 7, OK, data(3), data(4)),
        new Answer("trailers", "GET", false, true, 7, OK, data(3), data(4), headers("x-sum", "1")),
        new Answer("no FIN", "GET", false, false, 7, OK, data(3), data(4)),
        new Answer("a frame cut short", "GET", false, false, 8, OK, data(3), data(60, 5)),
        new Answer("content-length not met", "GET", false, false, 6, seven, data(3), data(3)),
        new Answer("a head only", "GET", false, false, 0, OK),
        longAnswer("more than a reader takes at once", false),
        longAnswer("more than a reader takes at once, FIN", true));
  }

  /** Sixty DATA frames of 900 bytes: several buffers wait for the reader when the end comes. */
  private static Answer longAnswer(String what, boolean fin) {
    byte[][] frames = new byte[61][];
    Arrays.fill(frames, data(900));
    frames[0] = OK;
    return new Answer(what, "GET", fin, fin, 54_000, frames);
  }

  private static final int MOST_IN_ONE = 4;

  /** How the answer and the close are put into datagrams. */
  private enum Datagrams {
    ONE {
      @Override
      List<List<Frame>> of(List<Frame> answer, Frame close) {
        List<List<Frame>> datagrams = new ArrayList<>(BACK_TO_BACK.of(answer, close));
        if (answer.size() <= MOST_IN_ONE) {
          return List.of(datagrams.stream().flatMap(List::stream).toList());
        }
        // As long as it is, only its last part fits into the datagram with the close.
        datagrams.removeLast();
        datagrams.add(List.of(datagrams.removeLast().getFirst(), close));
        return datagrams;
      }
    },
    BACK_TO_BACK {
      @Override
      List<List<Frame>> of(List<Frame> answer, Frame close) {
        List<List<Frame>> datagrams = new ArrayList<>();
        answer.forEach(frame -> datagrams.add(List.of(frame)));
        datagrams.add(List.of(close));
        return datagrams;
      }
    },
    LAST_FIRST {
      @Override
      List<List<Frame>> of(List<Frame> answer, Frame close) {
        return BACK_TO_BACK.of(answer.reversed(), close);
      }
    };

    abstract List<List<Frame>> of(List<Frame> answer, Frame close);
  }

  static Stream<Arguments> rows() {
    return answers().stream()
        .flatMap(
            answer -> Stream.of(Datagrams.values()).map(layout -> Arguments.of(answer, layout)));
  }

  /**
   * One STREAM frame for each HTTP/3 frame, but for the last two: with two frames of HTTP/3 in the
   * last piece there is one left when the first has been read.
   */
  private static List<Frame> streamFrames(long id, Answer answer) {
    List<byte[]> pieces = new ArrayList<>(List.of(answer.frames));
    if (pieces.size() > 1 && pieces.size() <= MOST_IN_ONE) {
      byte[] last = pieces.removeLast();
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      joined.writeBytes(pieces.removeLast());
      joined.writeBytes(last);
      pieces.add(joined.toByteArray());
    }
    List<Frame> frames = new ArrayList<>();
    long offset = 0;
    for (byte[] piece : pieces) {
      boolean fin = answer.fin && frames.size() == pieces.size() - 1;
      frames.add(new StreamFrame(id, offset, Bytes.of(piece), fin));
      offset += piece.length;
    }
    return frames;
  }

  private static HttpRequest get(WireServer server, String method) {
    return HttpRequest.newBuilder(server.uri()).method(method, BodyPublishers.noBody()).build();
  }

  /** A client whose callbacks run on its loop, so that a test can hold it up. */
  private static Http3Client client() {
    return Loopback.clientFor(Loopback.IDENTITY).executor(Runnable::run).build();
  }

  /** Answers a request while the client looks away, so that it finds all datagrams at once. */
  private static <T> CompletableFuture<HttpResponse<T>> exchange(
      WireServer server,
      Http3Client client,
      Answer answer,
      Datagrams layout,
      HttpResponse.BodyHandler<T> handler)
      throws InterruptedException {
    CompletableFuture<HttpResponse<T>> future =
        client.sendAsync(get(server, answer.method), handler);
    WireServer.Request request = server.request();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    BodyPublisher holding =
        BodyPublishers.fromPublisher(
            subscriber -> {
              held.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    client.sendAsync(
        HttpRequest.newBuilder(server.uri()).POST(holding).build(), BodyHandlers.discarding());
    held.await();
    request.answer(
        layout.of(
            streamFrames(request.streamId(), answer),
            new ConnectionCloseFrame(true, Http3Error.H3_NO_ERROR.code(), 0, "bye")));
    release.countDown();
    return future;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theWholeBodyOrAFailure(Answer answer, Datagrams layout) throws Exception {
    try (WireServer server = new WireServer();
        Http3Client client = client()) {
      var future = exchange(server, client, answer, layout, BodyHandlers.ofByteArray());
      if (answer.complete) {
        assertArrayEquals(content(answer), future.join().body());
      } else {
        Throwable failure = assertThrows(CompletionException.class, future::join).getCause();
        assertCutShort(failure);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyByteThatArrivedAndThenTheEnd(Answer answer, Datagrams layout) throws Exception {
    try (WireServer server = new WireServer();
        Http3Client client = client()) {
      var future = exchange(server, client, answer, layout, BodyHandlers.ofInputStream());
      try (InputStream body = future.join().body()) {
        assertArrayEquals(content(answer), body.readNBytes(answer.content));
        if (answer.complete) {
          assertEquals(-1, body.read());
          assertNotNull(((Http3Response<?>) future.join()).trailers().join());
        } else {
          assertCutShort(assertThrows(IOException.class, body::read).getCause());
        }
      }
    }
  }

  private static byte[] content(Answer answer) {
    byte[] content = new byte[answer.content];
    Arrays.fill(content, (byte) 7);
    return content;
  }

  private static void assertCutShort(Throwable failure) {
    RequestEndedException ended = assertInstanceOf(RequestEndedException.class, failure);
    assertEquals(new RequestEnding.ConnectionLost(POLITE, true), ended.ending());
    assertEquals(
        POLITE, assertInstanceOf(ConnectionEndedException.class, ended.getCause()).ending());
  }

  /** Notes what is logged. */
  private static final class Notes extends Handler {
    final List<LogRecord> records = new ArrayList<>();

    Notes() {
      setLevel(Level.ALL);
    }

    @Override
    public synchronized void publish(LogRecord record) {
      records.add(record);
    }

    synchronized List<String> above(Level level) {
      return records.stream()
          .filter(record -> record.getLevel().intValue() > level.intValue())
          .map(LogRecord::getMessage)
          .toList();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** {@code System.Logger}'s DEBUG is FINE here. */
  @Test
  void aCloseAfterACompleteResponseIsNothingToLog() throws Exception {
    Logger logger = Logger.getLogger("dev.sluice");
    Level before = logger.getLevel();
    Notes notes = new Notes();
    logger.addHandler(notes);
    logger.setLevel(Level.ALL);
    try {
      for (Answer answer : answers().stream().filter(Answer::complete).toList()) {
        try (WireServer server = new WireServer();
            Http3Client client = client()) {
          exchange(server, client, answer, Datagrams.ONE, BodyHandlers.ofByteArray()).join();
        }
      }
      assertEquals(List.of(), notes.above(Level.FINE));
      System.getLogger("dev.sluice.http3").log(System.Logger.Level.INFO, "it listens");
      assertFalse(notes.above(Level.FINE).isEmpty());
      assertTrue(notes.above(Level.FINE).contains("it listens"));
    } finally {
      logger.removeHandler(notes);
      logger.setLevel(before);
    }
  }
}
