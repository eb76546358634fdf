package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.http3.message.Fields;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that nobody reads do not hold up those that somebody waits for. */
@Timeout(60)
class UnreadResponsesTest {

  /** More than waits for a reader, in QUIC and in the pipe. */
  private static final byte[] CONTENT = Loopback.bytes(3_000_000);

  /** As long under way as it takes the others to have sent what they may. */
  private static final byte[] LONG = Loopback.bytes(20_000_000);

  private static final int UNREAD = 12;

  @Test
  void ofOneConnection() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange ->
                exchange.respond(
                    200, Fields.EMPTY, exchange.path().equals("/long") ? LONG : CONTENT))) {
      HttpRequest request = loopback.request("/").build();
      List<HttpResponse<InputStream>> unread = new ArrayList<>();
      for (int i = 0; i < UNREAD; i++) {
        unread.add(loopback.client.send(request, BodyHandlers.ofInputStream()));
      }
      HttpRequest other = loopback.request("/long").build();
      assertArrayEquals(LONG, loopback.client.send(other, BodyHandlers.ofByteArray()).body());
      for (HttpResponse<InputStream> one : unread) {
        assertArrayEquals(CONTENT, one.body().readAllBytes());
      }
    }
  }
}
