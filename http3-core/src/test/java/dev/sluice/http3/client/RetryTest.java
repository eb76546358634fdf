package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.testkit.Requirement;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a client sends a request again by itself, and when not. */
@Timeout(60)
class RetryTest {

  private static void succeed(RequestStream request) {
    request.sendResponse(new ResponseHead(200, Fields.of("content-length", "0")), true);
  }

  private static HttpRequest request(ScriptedServer server, String method) {
    return HttpRequest.newBuilder(server.uri())
        .method(
            method,
            method.equals("POST") ? BodyPublishers.ofString("body") : BodyPublishers.noBody())
        .build();
  }

  /** What the first connection does to its request; the second one answers. */
  private enum Refusal {
    /** The application never saw it. */
    REJECTED {
      @Override
      ScriptedServer.Script script() {
        return (number, connection, request) -> request.cancel(Http3Error.H3_REQUEST_REJECTED);
      }
    },
    /** It may have been acted on. */
    RESET {
      @Override
      ScriptedServer.Script script() {
        return (number, connection, request) -> request.cancel(Http3Error.H3_INTERNAL_ERROR);
      }
    },
    /** The same, politely. */
    CLOSED {
      @Override
      ScriptedServer.Script script() {
        return (number, connection, request) -> connection.close(Http3Error.H3_NO_ERROR, "");
      }
    };

    abstract ScriptedServer.Script script();
  }

  @ParameterizedTest
  @CsvSource({
    "REJECTED, GET, false, true",
    "REJECTED, POST, false, true",
    "RESET, GET, false, false",
    "RESET, GET, true, true",
    "RESET, POST, true, false",
    "CLOSED, PUT, false, false",
    "CLOSED, PUT, true, true",
    "CLOSED, POST, true, false"
  })
  @Requirement("RFC9114-4.1.1#12")
  void onceOnANewConnectionWhereItIsSafe(
      Refusal refusal, String method, boolean retryIdempotent, boolean again) throws Exception {
    ScriptedServer.Script script =
        (number, connection, request) -> {
          if (number == 1) {
            refusal.script().onRequest(number, connection, request);
          } else {
            succeed(request);
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY).retryIdempotent(retryIdempotent).build()) {
      HttpRequest request = request(server, method);
      if (again) {
        assertEquals(200, client.send(request, BodyHandlers.discarding()).statusCode());
        assertEquals(2, server.connections());
      } else {
        assertThrows(
            RequestEndedException.class, () -> client.send(request, BodyHandlers.discarding()));
        assertEquals(1, server.connections());
      }
    }
  }

  @Test
  void onlyOnce() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Refusal.REJECTED.script());
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      RequestEndedException failure =
          assertThrows(
              RequestEndedException.class,
              () -> client.send(request(server, "GET"), BodyHandlers.discarding()));
      assertTrue(failure.ending().isRetrySafe());
      assertEquals(2, server.connections());
    }
  }

  /** It says so before it has seen any request, each time: no reason to come back for ever. */
  @Test
  void onlyOnceWhereEveryConnectionBeginsWithGoaway() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (number, connection, request) -> {}, Http3Config.DEFAULT, Http3Connection::goaway);
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      RequestEndedException failure =
          assertThrows(
              RequestEndedException.class,
              () -> client.send(request(server, "POST"), BodyHandlers.discarding()));
      assertTrue(failure.ending().isRetrySafe());
      assertEquals(2, server.connections());
    }
  }

  /** A connection takes one request, and the others wait: that is no try of theirs. */
  @Test
  void whatOnlyWaitsGoesFromConnectionToConnection() throws Exception {
    ScriptedServer.Script script =
        (number, connection, request) -> {
          succeed(request);
          connection.goaway();
        };
    StreamLimits one = new StreamLimits(1 << 20, 1 << 18, 1 << 18, 1 << 18, 1, 10);
    TransportConfig transport =
        Loopback.PATIENT.withStreams(Loopback.PATIENT.streams().withLimits(one));
    try (ScriptedServer server =
            new ScriptedServer(script, Http3Config.DEFAULT, http -> {}, transport);
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      List<CompletableFuture<HttpResponse<Void>>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(client.sendAsync(request(server, "POST"), BodyHandlers.discarding()));
      }
      for (CompletableFuture<HttpResponse<Void>> each : all) {
        assertEquals(200, each.join().statusCode());
      }
      assertEquals(6, server.connections());
    }
  }

  /** What became of the request is what its caller has to know, not that it cannot be repeated. */
  @Test
  void aBodyThatCanBeHadOnceIsNoReasonOfItsOwn() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Refusal.REJECTED.script());
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      Iterator<InputStream> once = List.<InputStream>of(InputStream.nullInputStream()).iterator();
      HttpRequest request =
          HttpRequest.newBuilder(server.uri())
              .POST(BodyPublishers.ofInputStream(() -> once.hasNext() ? once.next() : null))
              .build();
      RequestEndedException failure =
          assertThrows(
              RequestEndedException.class, () -> client.send(request, BodyHandlers.discarding()));
      assertEquals(new RequestEnding.Rejected(), failure.ending());
    }
  }

  /** It is on its way while the server, which has not seen it, says that it goes. */
  @Test
  void aRequestThatGoawayLeavesOutIsSentOnANewConnection() throws Exception {
    CountDownLatch firstArrived = new CountDownLatch(1);
    CountDownLatch secondOpened = new CountDownLatch(1);
    List<Integer> seen = new CopyOnWriteArrayList<>();
    ScriptedServer.Script script =
        (number, connection, request) -> {
          seen.add(number);
          if (number == 1) {
            firstArrived.countDown();
            awaitOnLoop(secondOpened);
            connection.goaway();
          }
          succeed(request);
        };
    try (ScriptedServer server = new ScriptedServer(script);
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      var first = client.sendAsync(request(server, "GET"), BodyHandlers.discarding());
      firstArrived.await();
      BodyPublisher body = BodyPublishers.ofString("body");
      HttpRequest post =
          HttpRequest.newBuilder(server.uri())
              .POST(
                  BodyPublishers.fromPublisher(
                      subscriber -> {
                        secondOpened.countDown();
                        body.subscribe(subscriber);
                      }))
              .build();
      assertEquals(200, client.send(post, BodyHandlers.discarding()).statusCode());
      assertEquals(200, first.join().statusCode());
      assertEquals(List.of(1, 2), seen);
    }
  }

  private static void awaitOnLoop(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aConnectionWithNothingLeftClosesItself() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (number, connection, request) -> {
                  succeed(request);
                  connection.announceGoaway();
                });
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      client.send(request(server, "GET"), BodyHandlers.discarding());
      assertEquals(
          new ConnectionEnding.ApplicationClose(
              ConnectionEnding.Side.PEER, Http3Error.H3_NO_ERROR.code(), ""),
          server.ending());
    }
  }

  @Test
  void aGoawayMovesNewRequestsToANewConnectionThatResumes() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                (number, connection, request) -> {
                  succeed(request);
                  if (number == 1) {
                    connection.goaway();
                  }
                });
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      List<Boolean> resumed = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        HttpResponse<Void> response =
            client.send(request(server, "POST"), BodyHandlers.discarding());
        assertEquals(200, response.statusCode());
        resumed.add(((Http3Response<Void>) response).connection().resumed());
      }
      assertEquals(2, server.connections());
      assertEquals(List.of(false, true, true), resumed);
    }
  }
}
