package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.message.Fields;
import dev.sluice.quic.trace.TraceEvent;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyUpdateTest {
  private final Queue<TraceEvent> byServer = new ConcurrentLinkedQueue<>();

  @Test
  void bothSidesTakeNewKeys() throws Exception {
    try (Loopback pair =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY, new byte[50_000]),
            client -> client,
            server -> server.tracer(() -> (now, event) -> byServer.add(event)))) {
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
      pair.client.updateKeys();
      // As soon as it is permitted, which is when the peer has confirmed the handshake.
      do {
        byte[] body =
            pair.client.send(pair.request("/").build(), BodyHandlers.ofByteArray()).body();
        assertEquals(50_000, body.length);
      } while (!isUpdated(true) || !isUpdated(false));
    }
  }

  @Test
  void whatHasEndedHasNoKeys() {
    Http3Client ended = Http3Client.newBuilder().build();
    ended.close();
    ended.updateKeys();
  }

  private boolean isUpdated(boolean send) {
    return byServer.stream()
        .anyMatch(e -> e instanceof TraceEvent.KeyUpdated k && k.phase() == 1 && k.send() == send);
  }
}
