package dev.sluice.http3.client;

import static dev.sluice.http3.client.WireServer.data;
import static dev.sluice.http3.client.WireServer.headers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.ending.Retry;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a gateway has to know of a request that failed, row by row, from the exception that {@code
 * Http3Client} gives it: whether the request may have been processed, and what may be retried. A
 * POST, so that the client does nothing by itself but where it is safe.
 */
@Timeout(60)
class EndingsTableTest {
  private static final long NO_ERROR = Http3Error.H3_NO_ERROR.code();
  private static final long INTERNAL_ERROR = Http3Error.H3_INTERNAL_ERROR.code();
  private static final byte[] OK = headers(":status", "200");

  /** Makes a request fail, or not. */
  private interface Scenario {
    HttpResponse<byte[]> run() throws Exception;
  }

  private enum Row {
    NAME_NOT_FOUND(false, Retry.ANY_METHOD, false, () -> send("name.invalid", 443, c -> c)),
    REFUSED(false, Retry.ANY_METHOD, false, EndingsTableTest::refused),
    HANDSHAKE_TIMEOUT(false, Retry.ANY_METHOD, false, EndingsTableTest::silence),
    TLS_FAILURE(false, Retry.ANY_METHOD, false, EndingsTableTest::untrusted),
    NO_LOCAL_PORT(
        false,
        Retry.ANY_METHOD,
        false,
        // An address for documentation (RFC 5737), which no host has.
        () -> send("localhost", 443, c -> c.localAddress(InetAddress.getByName("192.0.2.1")))),
    REJECTED(
        false,
        Retry.ANY_METHOD,
        true,
        () -> answered(2, id -> reset(id, Http3Error.H3_REQUEST_REJECTED))),
    NOT_COVERED_BY_GOAWAY(
        false,
        Retry.ANY_METHOD,
        true,
        () -> answered(new WireServer(false), 2, id -> List.of(leavingOut(id)))),
    POLITE_CLOSE_BEFORE_HEADERS(
        true, Retry.IDEMPOTENT_ONLY, true, () -> answered(1, id -> List.of(close(NO_ERROR)))),
    CLOSE_BEFORE_HEADERS(
        true,
        Retry.IDEMPOTENT_ONLY,
        false,
        () -> answered(1, id -> List.of(close(INTERNAL_ERROR)))),
    RESET_BEFORE_HEADERS(
        true,
        Retry.IDEMPOTENT_ONLY,
        false,
        () -> answered(1, id -> reset(id, Http3Error.H3_INTERNAL_ERROR))),
    COMPLETE_THEN_POLITE_CLOSE(() -> answered(1, id -> complete(id, close(NO_ERROR)))),
    COMPLETE_THEN_CLOSE(() -> answered(1, id -> complete(id, close(INTERNAL_ERROR)))),
    COMPLETE_THEN_TRANSPORT_CLOSE(
        () -> answered(1, id -> complete(id, new ConnectionCloseFrame(false, 1, 0, "a bug")))),
    POLITE_CLOSE_IN_THE_MIDDLE(
        true,
        Retry.NEVER,
        false,
        () -> answered(1, id -> List.of(stream(id, OK, data(9, 4)), close(NO_ERROR)))),
    CLOSE_IN_THE_MIDDLE(
        true,
        Retry.NEVER,
        false,
        () -> answered(1, id -> List.of(stream(id, OK, data(9, 4)), close(INTERNAL_ERROR)))),
    RESET_WITH_NO_ERROR_IN_THE_MIDDLE(
        true,
        Retry.NEVER,
        false,
        () ->
            answered(
                1,
                id -> {
                  StreamFrame sent = stream(id, OK, data(4));
                  return List.of(sent, new ResetStreamFrame(id, NO_ERROR, sent.data().length()));
                }));

    /** Null when it is a success. */
    final Retry retry;

    final boolean mayHaveBeenProcessed;
    final boolean graceful;
    final Scenario scenario;

    Row(Scenario scenario) {
      this(true, null, true, scenario);
    }

    Row(boolean mayHaveBeenProcessed, Retry retry, boolean graceful, Scenario scenario) {
      this.mayHaveBeenProcessed = mayHaveBeenProcessed;
      this.retry = retry;
      this.graceful = graceful;
      this.scenario = scenario;
    }
  }

  @ParameterizedTest
  @EnumSource(Row.class)
  void saysWhatMayBeDone(Row row) throws Exception {
    HttpResponse<byte[]> response = null;
    Exception failure = null;
    try {
      response = row.scenario.run();
    } catch (IOException e) {
      failure = e;
    }
    if (row.retry == null) {
      assertNull(failure);
      assertEquals(7, response.body().length);
      return;
    }
    assertNotNull(failure);
    RequestEnding ending = RequestEndedException.endingOf(failure).orElseThrow();
    assertEquals(row.mayHaveBeenProcessed, ending.mayHaveBeenProcessed(), ending.describe());
    assertEquals(row.retry, ending.retry(), ending.describe());
    assertEquals(row.graceful, ending.isGraceful(), ending.describe());
  }

  // What servers do

  private static StreamFrame stream(long id, byte[]... frames) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      bytes.writeBytes(frame);
    }
    return new StreamFrame(id, 0, Bytes.of(bytes.toByteArray()), false);
  }

  private static Frame close(long code) {
    return new ConnectionCloseFrame(true, code, 0, "bye");
  }

  private static List<Frame> reset(long id, Http3Error error) {
    return List.of(new ResetStreamFrame(id, error.code(), 0));
  }

  /** A control stream with SETTINGS, of which there are none, and a GOAWAY that begins here. */
  private static StreamFrame leavingOut(long id) {
    return new StreamFrame(3, 0, Bytes.of(new byte[] {0, 4, 0, 7, 1, (byte) id}), false);
  }

  private static List<Frame> complete(long id, Frame close) {
    byte[] head = headers(":status", "200", "content-length", "7");
    return List.of(stream(id, head, data(3), data(4)), close);
  }

  private interface Reply {
    List<Frame> to(long streamId);
  }

  /**
   * A server answers each request with one datagram.
   *
   * @param requests how often the client tries
   */
  private static HttpResponse<byte[]> answered(int requests, Reply reply) throws Exception {
    return answered(new WireServer(), requests, reply);
  }

  private static HttpResponse<byte[]> answered(WireServer made, int requests, Reply reply)
      throws Exception {
    try (WireServer server = made;
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      CompletableFuture<HttpResponse<byte[]>> future =
          client.sendAsync(post(server.uri()), BodyHandlers.ofByteArray());
      for (int i = 0; i < requests; i++) {
        WireServer.Request request = server.request();
        request.answer(List.of(reply.to(request.streamId())));
      }
      return join(future);
    }
  }

  private static <T> T join(CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw (IOException) e.getCause();
    }
  }

  private interface Setting {
    Http3Client.Builder on(Http3Client.Builder builder) throws IOException;
  }

  private static HttpRequest post(URI uri) {
    return HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build();
  }

  private static HttpResponse<byte[]> send(String host, int port, Setting setting)
      throws Exception {
    try (Http3Client client = setting.on(Loopback.clientFor(Loopback.IDENTITY)).build()) {
      return client.send(
          post(URI.create("https://" + host + ":" + port + "/")), BodyHandlers.ofByteArray());
    }
  }

  private static DatagramChannel bound() throws IOException {
    return DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static int port(DatagramChannel channel) throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  private static HttpResponse<byte[]> refused() throws Exception {
    int port;
    try (DatagramChannel shortLived = bound()) {
      port = port(shortLived);
    }
    return send("127.0.0.1", port, c -> c);
  }

  private static HttpResponse<byte[]> silence() throws Exception {
    try (DatagramChannel silent = bound()) {
      return send("127.0.0.1", port(silent), c -> c.connectTimeout(Duration.ofMillis(200)));
    }
  }

  private static HttpResponse<byte[]> untrusted() throws Exception {
    try (WireServer server = new WireServer()) {
      return send(
          "localhost",
          server.uri().getPort(),
          c -> c.trustManager(Loopback.trusting(Loopback.identity("another"))));
    }
  }
}
