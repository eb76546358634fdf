package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.EarlyRequests;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.ReplayGuard;
import dev.sluice.tls.TicketProtector;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as 0-RTT over loopback, and 425 (RFC 8470). */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EarlyRequestsTest {
  private static final EarlyData ALWAYS = request -> true;

  /** Nobody replays anything here. */
  private static final ReplayGuard ADMITTING =
      new ReplayGuard() {
        @Override
        public boolean admit(byte[] replayKey) {
          return true;
        }

        @Override
        public Duration freshness() {
          return Duration.ofMinutes(1);
        }
      };

  /** What the server was asked about because it came early: method and path. */
  private final List<String> judged = Collections.synchronizedList(new ArrayList<>());

  /** What its handler got. */
  private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

  private final SessionStore store = new SessionStore();
  private Http3Server server;
  private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private EarlyRequests judging(EarlyRequests policy) {
    return head -> {
      judged.add(head.method() + " " + head.path());
      return policy.treatment(head);
    };
  }

  private void serve(EarlyRequests policy) throws IOException {
    serve(policy, builder -> builder);
  }

  private void serve(EarlyRequests policy, UnaryOperator<Http3ServerBuilder> further)
      throws IOException {
    Http3ServerBuilder builder =
        Http3Server.builder()
            .quic(Loopback.PATIENT)
            .address(address)
            .identity(Loopback.IDENTITY)
            .handler(this::answer);
    Http3ServerBuilder ready = further.apply(builder);
    server = (policy == null ? ready : ready.earlyData(judging(policy))).start();
    address = server.localAddress();
  }

  private void answer(Http3Exchange exchange) throws IOException {
    handled.add(exchange.method() + " " + exchange.path() + " " + exchange.isEarly());
    byte[] content = exchange.requestBody().readAllBytes();
    exchange.respond(exchange.path().equals("/425") ? 425 : 200, Fields.EMPTY, content);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private URI uri(String path) {
    return URI.create("https://localhost:" + address.getPort() + path);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path));
  }

  private Http3Client client(EarlyData which) {
    return Loopback.clientFor(Loopback.IDENTITY)
        .resolve("localhost", address.getPort(), List.of(address.getAddress()))
        .sessions(store)
        .earlyData(which)
        .build();
  }

  /** One request with a client of its own, which ends once the store has a ticket. */
  private Http3Response<String> visit(EarlyData which, HttpRequest request) throws Exception {
    try (Http3Client client = client(which)) {
      Http3Response<String> response =
          (Http3Response<String>) client.send(request, BodyHandlers.ofString());
      while (!store.canResume(request.uri())) {
        Thread.onSpinWait();
      }
      return response;
    }
  }

  private void firstVisit() throws Exception {
    assertFalse(visit(ALWAYS, request("/first").build()).connection().resumed());
    assertEquals(List.of(), judged);
    handled.clear();
  }

  @Test
  void aSafeRequestGoesOutWithTheFirstFlight() throws Exception {
    serve(EarlyRequests.REFUSE_UNSAFE);
    firstVisit();
    Http3Response<String> response = visit(EarlyData.SAFE_METHODS, request("/get").build());
    assertEquals(200, response.statusCode());
    assertEquals(List.of("GET /get"), judged);
    assertTrue(response.connection().resumed());
    assertEquals(EarlyDataState.ACCEPTED, response.connection().earlyData());
  }

  @Test
  void whatTheClientDoesNotSendEarlyWaits() throws Exception {
    serve(EarlyRequests.REFUSE_UNSAFE);
    firstVisit();
    HttpRequest post = request("/post").POST(BodyPublishers.ofString("once")).build();
    Http3Response<String> response = visit(EarlyData.SAFE_METHODS, post);
    assertEquals("once", response.body());
    assertEquals(List.of(), judged);
    assertEquals(List.of("POST /post false"), handled);
    response = visit(EarlyData.NEVER, request("/get").build());
    assertEquals(List.of(), judged);
    assertTrue(response.connection().resumed());
    assertEquals(EarlyDataState.NONE, response.connection().earlyData());
  }

  @Test
  @Requirement("RFC9114-10.9#1")
  void whatCameTooEarlyIsSentAgainAfterTheHandshakeAndOnce() throws Exception {
    serve(EarlyRequests.REFUSE_UNSAFE);
    firstVisit();
    HttpRequest post = request("/post").POST(BodyPublishers.ofString("once")).build();
    Http3Response<String> response = visit(ALWAYS, post);
    assertEquals(200, response.statusCode());
    assertEquals("once", response.body());
    assertEquals(425, response.previousResponse().map(HttpResponse::statusCode).orElse(0));
    assertTrue(judged.contains("POST /post"));
    assertEquals(List.of("POST /post false"), handled);
    assertEquals(EarlyDataState.ACCEPTED, response.connection().earlyData());
  }

  @Test
  void whatHasToWaitIsHandledAfterTheHandshake() throws Exception {
    serve(EarlyRequests.DELAY_UNSAFE);
    firstVisit();
    HttpRequest post = request("/post").POST(BodyPublishers.ofString("later")).build();
    Http3Response<String> response = visit(ALWAYS, post);
    assertEquals("later", response.body());
    assertTrue(response.previousResponse().isEmpty());
    assertTrue(judged.contains("POST /post"));
    assertEquals(List.of("POST /post false"), handled);
  }

  @Test
  void aServerThatSays425ForEverIsAskedTwice() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    firstVisit();
    Http3Response<String> response = visit(ALWAYS, request("/425").build());
    assertEquals(425, response.statusCode());
    assertEquals(2, handled.size());
    response = visit(EarlyData.NEVER, request("/425").build());
    assertEquals(425, response.statusCode());
    assertEquals(3, handled.size(), "what was not early is not sent again");
  }

  /** Of which the others on its connection notice nothing. */
  @Test
  void whatCannotBeJudgedIsRefused() throws Exception {
    serve(
        request -> {
          if (request.path().equals("/unlinked")) {
            throw new NoClassDefFoundError("on purpose");
          }
          throw new IllegalStateException("broken on purpose");
        });
    for (String path : List.of("/get", "/unlinked")) {
      HttpRequest marked = request(path).header("early-data", "1").build();
      assertEquals(425, visit(EarlyData.NEVER, marked).statusCode(), path);
    }
    assertEquals(List.of(), handled);
  }

  @Test
  @Requirement("RFC9114-10.9#1")
  void whatAGatewayHasMarkedIsRefusedWhereWaitingTellsNothing() throws Exception {
    serve(EarlyRequests.DELAY_UNSAFE);
    HttpRequest.Builder marked = request("/post").header("early-data", "1");
    HttpRequest post = marked.POST(BodyPublishers.ofString("once")).build();
    assertEquals(425, visit(EarlyData.NEVER, post).statusCode());
    assertEquals(List.of(), handled);
    HttpRequest twice = request("/get").header("early-data", "1").header("early-data", "x").build();
    assertEquals(200, visit(EarlyData.NEVER, twice).statusCode());
    assertEquals(List.of("GET /get true"), handled);
  }

  @Test
  void whatTheServerRefusesArrivesAfterTheHandshake() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    firstVisit();
    server.close();
    server.awaitTermination();
    serve(null);
    List<HttpRequest> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(request("/" + i).build());
    }
    try (Http3Client client = client(EarlyData.SAFE_METHODS)) {
      var responses =
          requests.stream().map(r -> client.sendAsync(r, BodyHandlers.ofString())).toList();
      for (var response : responses) {
        assertEquals(200, response.get().statusCode());
        var connection = ((Http3Response<String>) response.get()).connection();
        assertEquals(EarlyDataState.REJECTED, connection.earlyData());
      }
    }
    assertEquals(20, handled.size());
    assertEquals(List.of(), judged);
  }

  /** A ticket promises the settings under which it was given. */
  @ParameterizedTest
  @CsvSource({"65536, ACCEPTED", "65535, REJECTED"})
  @Requirement({"RFC9114-7.2.4.2#5", "RFC9114-7.2.4.2#8", "RFC9114-7.2.4.2#10"})
  void nothingIsTakenThatGoesByMoreThanTheServerTakesNow(int fields, EarlyDataState state)
      throws Exception {
    TicketProtector tickets =
        new RotatingTicketProtector(Duration.ofHours(1), new SecureRandom(), Instant.now());
    UnaryOperator<Http3ServerBuilder> afterRestart =
        builder -> builder.tickets(tickets).replayGuard(ADMITTING);
    serve(EarlyRequests.HANDLE_ALL, afterRestart);
    firstVisit();
    server.close();
    server.awaitTermination();
    serve(
        EarlyRequests.HANDLE_ALL,
        builder -> afterRestart.apply(builder).maxFieldSectionSize(fields));
    Http3Response<String> response = visit(EarlyData.SAFE_METHODS, request("/get").build());
    assertEquals(200, response.statusCode());
    assertEquals(state, response.connection().earlyData());
  }

  @Test
  void whatWentToAnAddressThatDoesNotAnswerGoesToTheNext() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    firstVisit();
    InetAddress silent = InetAddress.getByName("127.0.0.2");
    InetAddress closed = InetAddress.getByName("127.0.0.3");
    try (DatagramSocket deaf = new DatagramSocket(address.getPort(), silent)) {
      for (InetAddress first : List.of(silent, closed)) {
        handled.clear();
        try (Http3Client client =
            Loopback.clientFor(Loopback.IDENTITY)
                .resolve("localhost", address.getPort(), List.of(first, address.getAddress()))
                .sessions(store)
                .earlyData(EarlyData.SAFE_METHODS)
                .build()) {
          assertEquals(
              200, client.send(request("/get").build(), BodyHandlers.ofString()).statusCode());
        }
        assertEquals(1, handled.size());
        assertTrue(deaf.isBound());
      }
    }
  }

  @Test
  void aServerThatIsGoneFailsAsEver() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    firstVisit();
    server.close();
    server.awaitTermination();
    try (Http3Client client = client(EarlyData.SAFE_METHODS)) {
      assertThrows(
          ConnectException.class,
          () -> client.send(request("/get").build(), BodyHandlers.ofString()));
    }
  }

  @Test
  void aSessionOfAClientThatTrustsEveryoneIsNotResumedByOneThatDoesNot() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    try (Http3Client careless =
        Http3Client.newBuilder()
            .quic(Loopback.PATIENT)
            .insecurelyTrustEveryone()
            .resolve("localhost", address.getPort(), List.of(address.getAddress()))
            .sessions(store)
            .build()) {
      careless.send(request("/get").build(), BodyHandlers.ofString());
      while (!store.canResume(uri("/"))) {
        Thread.onSpinWait();
      }
    }
    try (Http3Client careful =
        Loopback.clientFor(Loopback.identity("localhost"))
            .resolve("localhost", address.getPort(), List.of(address.getAddress()))
            .sessions(store)
            .build()) {
      assertThrows(
          SSLHandshakeException.class,
          () -> careful.send(request("/get").build(), BodyHandlers.ofString()));
    }
  }

  @Test
  void aStoreSurvivesAsBytes() throws Exception {
    serve(EarlyRequests.HANDLE_ALL);
    firstVisit();
    byte[] bytes = store.toBytes();
    SessionStore again = SessionStore.fromBytes(bytes);
    assertTrue(again.canResume(uri("/")));
    assertFalse(again.canResume(URI.create("https://localhost:1/")));
    try (Http3Client client =
        Loopback.clientFor(Loopback.IDENTITY)
            .resolve("localhost", address.getPort(), List.of(address.getAddress()))
            .sessions(again)
            .earlyData(EarlyData.SAFE_METHODS)
            .build()) {
      client.send(request("/get").build(), BodyHandlers.ofString());
    }
    assertEquals(List.of("GET /get"), judged);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThrows(IllegalArgumentException.class, () -> SessionStore.fromBytes(cut));
    }
  }
}
