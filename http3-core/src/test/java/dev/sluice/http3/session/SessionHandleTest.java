package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.webtransport.DatagramLimits;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.http3.webtransport.SessionStatistics;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies between a session on its loop and the threads that use it. */
@Timeout(60)
class SessionHandleTest {
  private DriverPair pair;

  private final CompletableFuture<String> heard = new CompletableFuture<>();
  private final CompletableFuture<SessionEnding> ended = new CompletableFuture<>();

  /** Takes one stream, and the end of the session. */
  private void hear(WebTransport session) throws IOException {
    byte[] all = session.acceptUnidirectional().inputStream().readAllBytes();
    pair.later(() -> heard.complete(new String(all, StandardCharsets.UTF_8)));
    session.closed().thenAccept(ending -> pair.later(() -> ended.complete(ending)));
  }

  /** On a stream that the client opens for a session. */
  private void sayHey(long session) {
    SendStream uni = pair.link.client().openUni();
    byte[] said = {0x40, 0x54, (byte) session, 'h', 'e', 'y'};
    uni.write(said, 0, said.length);
    uni.finish();
  }

  /** The client says all it has to say, and goodbye, before it has the answer (§3.2). */
  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void theHandlerHearsWhatCameBeforeTheAnswerAndItsClose(int code) throws Exception {
    pair = new DriverPair(WebTransportConfig.DEFAULT, this::hear);
    pair.run();
    pair.connect();
    RequestStream request = pair.client.http.requests().getFirst();
    if (code != 0) { // which a FIN alone says as well (§6)
      byte[] value = {0, 0, 0, (byte) code};
      byte[] close = new Capsule(CapsuleType.WT_CLOSE_SESSION, value).encode();
      request.writeData(close, 0, close.length);
    }
    request.finish();
    sayHey(request.id());
    assertEquals("hey", pair.await(heard));
    assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, code, ""), pair.await(ended));
  }

  @Test
  void theHandlerHearsWhatCameBeforeTheAnswerAndTheConnectionsEnd() throws Exception {
    CompletableFuture<SessionAnswer> answer = new CompletableFuture<>();
    pair = answering(answer::join);
    pair.run();
    pair.connect();
    sayHey(pair.client.http.requests().getFirst().id());
    pair.run();
    pair.client.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run();
    answer.complete(SessionAnswer.accept());
    assertEquals("hey", pair.await(heard));
    assertInstanceOf(SessionEnding.ConnectionEnded.class, pair.await(ended));
  }

  /** A handler that hears what comes, after an answer that may take its time. */
  private DriverPair answering(Supplier<SessionAnswer> answer) {
    return new DriverPair(
        WebTransportConfig.DEFAULT,
        new WebTransportHandler() {
          @Override
          public void handle(WebTransport session) throws IOException {
            hear(session);
          }

          @Override
          public SessionAnswer answer(SessionRequest request) {
            return answer.get();
          }
        });
  }

  /** Else a server that does not answer would keep its place for ever. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoGivesUpTakesTheRequestBack(boolean answered) throws Exception {
    CompletableFuture<SessionAnswer> answer = new CompletableFuture<>();
    pair = answering(answer::join);
    pair.run();
    CompletableFuture<WebTransport> asked = pair.connect();
    pair.run();
    assertEquals(1, pair.client.http.activeRequests());
    if (answered) {
      answer.complete(SessionAnswer.accept());
    }
    asked.cancel(false);
    settle();
    assertEquals(0, pair.client.http.activeRequests());
    assertFalse(pair.client.driver.hasSessions());
    answer.complete(SessionAnswer.accept());
  }

  @Test
  void whoGivesUpBeforeTheSettingsAsksForNothing() throws Exception {
    pair = answering(SessionAnswer::accept);
    CompletableFuture<WebTransport> asked = pair.connect();
    asked.cancel(false);
    settle();
    assertEquals(0, pair.client.http.activeRequests());
    assertFalse(pair.client.driver.hasWanted());
    assertFalse(pair.server.driver.hasSessions());
  }

  /** What has been asked for is done. */
  private void settle() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    pair.later(() -> done.complete(null));
    pair.await(done);
    pair.run();
  }

  /** STOP_SENDING with WT_SESSION_GONE goes with what says more, which this peer keeps back. */
  @Test
  @Requirement("WEBTRANS16-6#1")
  void aPeerThatSaysNoMoreThanThatTheSessionIsGone() throws Exception {
    CompletableFuture<WebTransport> served = new CompletableFuture<>();
    pair =
        new DriverPair(
            WebTransportConfig.DEFAULT, session -> pair.later(() -> served.complete(session)));
    pair.run();
    pair.connect();
    WebTransport session = pair.await(served);
    long gone = Http3Error.WT_SESSION_GONE.code();
    pair.link.client().recvStream(session.id()).stopSending(gone);
    pair.link.deliverStops();
    pair.server.process();
    assertNull(session.ending());
    pair.passTime();
    assertEquals(new SessionEnding.Aborted(gone), session.ending());
    assertFalse(pair.server.driver.hasSessions());
  }

  @Test
  void aHandlerThatIsInterruptedInItsAnswerHasItsSession() throws Exception {
    CompletableFuture<SessionEnding> closed = new CompletableFuture<>();
    pair =
        answering(
            () -> {
              Thread.currentThread().interrupt();
              return SessionAnswer.accept();
            });
    pair.run();
    pair.connect()
        .thenCompose(WebTransport::closed)
        .thenAccept(how -> pair.later(() -> closed.complete(how)));
    // It fails for the interruption, which closes what it was given.
    assertEquals(new SessionEnding.Closed(Side.PEER, 1, ""), pair.await(closed));
  }

  @Test
  void aHandlerThatAnswersWhenTheLoopHasEndedWaitsForNothing() throws Exception {
    CompletableFuture<SessionAnswer> answer = new CompletableFuture<>();
    CompletableFuture<Thread> answering = new CompletableFuture<>();
    pair =
        answering(
            () -> {
              Thread thread = Thread.currentThread();
              pair.later(() -> answering.complete(thread));
              return answer.join();
            });
    pair.run();
    pair.connect();
    Thread handler = pair.await(answering);
    pair.client.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run();
    pair.end();
    answer.complete(SessionAnswer.accept());
    handler.join();
  }

  /** Its beginning must not be taken for all of it. */
  @Test
  void whatIsInterruptedIsResetByItsClose() throws Exception {
    CompletableFuture<SessionStreamEnding> told = new CompletableFuture<>();
    pair =
        new DriverPair(
            WebTransportConfig.DEFAULT,
            session -> {
              WebTransportStream stream = session.acceptUnidirectional();
              try {
                stream.inputStream().readAllBytes();
                pair.later(() -> told.complete(new SessionStreamEnding.Finished()));
              } catch (SessionStreamEndedException e) {
                pair.later(() -> told.complete(e.ending()));
              }
            });
    pair.run();
    WebTransport session = pair.await(pair.connect());
    WebTransportStream stream = pair.await(session.openUnidirectionalAsync());
    Thread.startVirtualThread(() -> writeInterrupted(stream));
    assertEquals(new SessionStreamEnding.Reset(0), pair.await(told));
  }

  private static void writeInterrupted(WebTransportStream stream) {
    try (OutputStream out = stream.outputStream()) {
      Thread.currentThread().interrupt();
      out.write(new byte[16 << 20]);
    } catch (IOException e) {
      // It was interrupted.
    }
  }

  @Test
  void ofDatagramsThatNobodyTakesTheOldestGiveWay() throws Exception {
    WebTransport session = sessionWithFourDatagrams(2, Duration.ZERO);
    for (byte i = 2; i < 4; i++) {
      CompletableFuture<byte[]> next = session.receiveDatagramAsync();
      assertArrayEquals(new byte[] {i}, pair.await(next));
    }
    assertEquals(4, statistics(session).datagramsReceived());
    assertEquals(2, statistics(session).datagramsDroppedUnread());
    session.receiveDatagramAsync().cancel(false); // who gave up gets nothing
    CompletableFuture<byte[]> last = session.receiveDatagramAsync();
    session.close();
    CompletableFuture<Throwable> why = last.handle((datagram, e) -> e);
    assertEquals(SessionEndedException.class, pair.await(why).getClass());
  }

  @Test
  void datagramsThatNobodyTakesInTimeAreGone() throws Exception {
    WebTransport session = sessionWithFourDatagrams(4, Duration.ofNanos(1));
    assertFalse(session.receiveDatagramAsync().isDone());
    assertEquals(4, statistics(session).datagramsDroppedUnread());
  }

  /** And what can still be told is told. */
  @Test
  void afterTheLoopNothingIsSent() throws Exception {
    WebTransport session = sessionWithFourDatagrams(4, Duration.ZERO);
    pair.client.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run();
    pair.end();
    assertFalse(session.sendDatagram(new byte[1]));
    assertEquals(-1, session.maxDatagramLength());
    assertEquals(4, session.statistics().datagramsReceived());
    assertThrows(
        IllegalStateException.class, () -> session.exportKeyingMaterial(new byte[1], null, 1));
    assertThrows(SessionEndedException.class, session::openBidirectional);
  }

  /** They have arrived at the client. */
  private WebTransport sessionWithFourDatagrams(int most, Duration age) throws Exception {
    DatagramLimits limits = DatagramLimits.DEFAULT.withReceive(most, 1 << 20, age);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    pair =
        new DriverPair(
            WebTransportConfig.DEFAULT.withDatagrams(limits),
            session -> {
              for (byte i = 0; i < 4; i++) {
                session.sendDatagramAsync(new byte[] {i});
              }
              pair.later(() -> sent.complete(null));
            });
    pair.run();
    CompletableFuture<WebTransport> connected = pair.connect();
    pair.await(sent);
    pair.run();
    return connected.join();
  }

  private SessionStatistics statistics(WebTransport session) throws Exception {
    CompletableFuture<SessionStatistics> counted = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            SessionStatistics found = session.statistics();
            pair.later(() -> counted.complete(found));
          } catch (IOException e) {
            pair.later(() -> counted.completeExceptionally(e));
          }
        });
    return pair.await(counted);
  }
}
