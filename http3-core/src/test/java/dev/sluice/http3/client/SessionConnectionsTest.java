package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.session.SessionAnswer;
import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.SessionRequest;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.http3.webtransport.WebTransportVersion;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.trace.TraceEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which connection a client puts its WebTransport sessions on, and what becomes of it. */
@Timeout(60)
class SessionConnectionsTest {
  private static final ConnectionEnding IN_ORDER =
      new ConnectionEnding.ApplicationClose(Side.LOCAL, Http3Error.H3_NO_ERROR.code(), "");

  private final List<String> labels = new CopyOnWriteArrayList<>();
  private final BlockingQueue<WebTransport> atServer = new LinkedBlockingQueue<>();
  private final BlockingQueue<ConnectionEnding> ended = new LinkedBlockingQueue<>();

  private volatile CompletableFuture<SessionAnswer> answer =
      CompletableFuture.completedFuture(SessionAnswer.accept());

  /** Notes the connection of every session, and lets it be. */
  private final WebTransportHandler handler =
      new WebTransportHandler() {
        @Override
        public SessionAnswer answer(SessionRequest request) {
          CompletableFuture<SessionAnswer> given = answer;
          labels.add(request.connection().label());
          return given.join();
        }

        @Override
        public void handle(WebTransport session) {
          atServer.add(session);
        }
      };

  private Loopback loopback(UnaryOperator<WebTransportConfig> server) throws IOException {
    return Loopback.of(
        exchange -> exchange.respond(200, Fields.EMPTY).close(),
        client ->
            client
                .webTransport(WebTransportConfig.DEFAULT)
                .tracer(
                    () ->
                        (now, event) -> {
                          if (event instanceof TraceEvent.ConnectionEnded(var ending)) {
                            ended.add(ending);
                          }
                        }),
        builder ->
            builder
                .webTransport(server.apply(WebTransportConfig.DEFAULT))
                .webTransport("/wt", handler));
  }

  private static WebTransport connect(Loopback loopback) throws Exception {
    return loopback.client.connect(loopback.uri("/wt"), SessionOptions.DEFAULT);
  }

  private static String get(Loopback loopback) throws Exception {
    HttpResponse<Void> response =
        loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
    return ((Http3Response<Void>) response).connection().label();
  }

  @Test
  void oneThatIsFullIsLeftAndClosesWithItsLastSession() throws Exception {
    try (Loopback loopback = loopback(config -> config.withMaxSessions(1))) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      assertEquals(List.of("1", "2"), labels);
      assertTrue(first.sendDatagram(new byte[1]));
      assertFalse(first.draining().toCompletableFuture().isDone());
      assertFalse(atServer.take().draining().toCompletableFuture().isDone(), "no GOAWAY was sent");
      assertTrue(ended.isEmpty());
      first.close();
      assertEquals(IN_ORDER, ended.take());
      assertTrue(second.sendDatagram(new byte[1]));
      assertNull(second.ending());
    }
  }

  @Test
  void requestsUnderWayOnItFinishFirst() throws Exception {
    try (Loopback loopback = loopback(config -> config.withMaxSessions(1))) {
      String before = get(loopback);
      WebTransport first = connect(loopback);
      assertEquals(before, get(loopback), "one connection for both");
      connect(loopback);
      assertNotEquals(before, get(loopback), "what is new goes to the new one");
      first.close();
      assertEquals(IN_ORDER, ended.take());
    }
  }

  @Test
  void manyAtOnceFindRoomOnAsManyAsItTakes() throws Exception {
    try (Loopback loopback = loopback(config -> config.withMaxSessions(2))) {
      List<CompletableFuture<WebTransport>> asked = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        asked.add(loopback.client.connectAsync(loopback.uri("/wt"), SessionOptions.DEFAULT));
      }
      for (CompletableFuture<WebTransport> session : asked) {
        assertNull(session.get().ending());
      }
      assertEquals(7, labels.size());
      assertEquals(4, new HashSet<>(labels).size());
    }
  }

  @Test
  void oneThatNobodyWaitsForAnyMoreLeavesItsPlace() throws Exception {
    CompletableFuture<SessionAnswer> late = new CompletableFuture<>();
    try (Loopback loopback = loopback(config -> config.withMaxSessions(1))) {
      CompletableFuture<SessionAnswer> usual = answer;
      answer = late;
      CompletableFuture<WebTransport> asked =
          loopback.client.connectAsync(loopback.uri("/wt"), SessionOptions.DEFAULT);
      while (labels.isEmpty()) {
        Thread.onSpinWait();
      }
      answer = usual;
      asked.cancel(false);
      connect(loopback);
      assertEquals(List.of("1", "1"), labels);
    } finally {
      late.complete(SessionAnswer.accept());
    }
  }

  /** Under draft-02 no setting says how many sessions a server takes. */
  @Test
  void oneThatRejectsASessionIsLeft() throws Exception {
    Set<WebTransportVersion> oldest = Set.of(WebTransportVersion.DRAFT_02);
    try (Loopback loopback = loopback(config -> config.withVersions(oldest).withMaxSessions(1))) {
      WebTransport first = connect(loopback);
      WebTransport second = connect(loopback);
      assertEquals(List.of("1", "2"), labels);
      assertNull(first.ending());
      assertNull(second.ending());
    }
  }

  @Test
  void aSessionThatIsRejectedAgainFails() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (number, http, request) -> request.cancel(Http3Error.H3_REQUEST_REJECTED),
                WebTransportConfig.DEFAULT
                    .withVersions(Set.of(WebTransportVersion.DRAFT_02))
                    .applyTo(Http3Config.DEFAULT));
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .webTransport(WebTransportConfig.DEFAULT)
                .build()) {
      SessionEndedException refused =
          assertThrows(
              SessionEndedException.class,
              () -> client.connect(server.uri(), SessionOptions.DEFAULT));
      assertEquals(
          new SessionEnding.NotEstablished(new RequestEnding.Rejected()), refused.ending());
      assertEquals(2, server.connections());
    }
  }

  /** A server that leaves at once cannot make the client come back for ever. */
  @Test
  void aSessionThatMeetsGoawayTwiceFails() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (number, http, request) -> {},
                WebTransportConfig.DEFAULT
                    .withVersions(Set.of(WebTransportVersion.DRAFT_02))
                    .applyTo(Http3Config.DEFAULT),
                Http3Connection::goaway);
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .webTransport(WebTransportConfig.DEFAULT)
                .build()) {
      SessionEndedException refused =
          assertThrows(
              SessionEndedException.class,
              () -> client.connect(server.uri(), SessionOptions.DEFAULT));
      assertInstanceOf(SessionEnding.NotEstablished.class, refused.ending());
      assertEquals(2, server.connections());
    }
  }

  @Test
  void closingTheClientClosesItsSessionsInOrder() throws Exception {
    try (Loopback loopback = loopback(config -> config)) {
      WebTransport session = connect(loopback);
      loopback.client.close();
      assertEquals(new SessionEnding.Closed(SessionEnding.Side.LOCAL, 0, ""), session.ending());
      assertEquals(
          new SessionEnding.Closed(SessionEnding.Side.PEER, 0, ""),
          atServer.take().closed().toCompletableFuture().get());
      assertEquals(IN_ORDER, ended.take());
      assertThrows(IOException.class, () -> connect(loopback));
    }
  }

  /** §3.1: it wants nothing else of the server, and says what it missed. */
  @Test
  void aServerWithoutWhatSessionsNeedIsTold() throws Exception {
    Http3Config settings = WebTransportConfig.DEFAULT.applyTo(Http3Config.DEFAULT);
    try (ScriptedServer server =
            new ScriptedServer(
                (number, http, request) -> request.cancel(Http3Error.H3_NO_ERROR), settings);
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .webTransport(WebTransportConfig.DEFAULT)
                .build()) {
      IOException none =
          assertThrows(
              IOException.class, () -> client.connect(server.uri(), SessionOptions.DEFAULT));
      assertTrue(none.getMessage().contains("max_datagram_frame_size"), none.getMessage());
      ConnectionEnding.ApplicationClose close =
          assertInstanceOf(ConnectionEnding.ApplicationClose.class, server.ending());
      assertEquals(Http3Error.WT_REQUIREMENTS_NOT_MET.code(), close.code());
    }
  }

  @Test
  void aServerThatIsAskedForMoreThanSessionsKeepsItsConnection() throws Exception {
    Http3Config settings = WebTransportConfig.DEFAULT.applyTo(Http3Config.DEFAULT);
    try (ScriptedServer server =
            new ScriptedServer(
                (number, http, request) ->
                    request.sendResponse(new ResponseHead(204, Fields.EMPTY), true),
                settings);
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .webTransport(WebTransportConfig.DEFAULT)
                .build()) {
      HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
      assertEquals(204, client.send(request, BodyHandlers.discarding()).statusCode());
      URI uri = server.uri();
      assertThrows(IOException.class, () -> client.connect(uri, SessionOptions.DEFAULT));
      assertEquals(204, client.send(request, BodyHandlers.discarding()).statusCode());
      assertEquals(1, server.connections());
    }
  }
}
