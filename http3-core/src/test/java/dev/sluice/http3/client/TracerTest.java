package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who watches a client or a server sees its connections from the inside. */
@Timeout(60)
class TracerTest {
  private final List<TraceEvent> atClient = new CopyOnWriteArrayList<>();
  private final List<TraceEvent> atServer = new CopyOnWriteArrayList<>();

  private final CountDownLatch ended = new CountDownLatch(1);

  private static Tracer into(List<TraceEvent> events) {
    return (now, event) -> events.add(event);
  }

  @Test
  void bothSidesTell() throws Exception {
    try (Loopback pair =
        Loopback.of(
            exchange -> exchange.respond(200, Fields.EMPTY, new byte[50_000]),
            client -> client.tracer(() -> endingTold(into(atClient))),
            server -> server.tracer(() -> into(atServer)))) {
      pair.client.send(pair.request("/").build(), BodyHandlers.discarding());
    }
    ended.await();
    for (List<TraceEvent> events : List.of(atClient, atServer)) {
      assertEquals(TraceEvent.ConnectionStarted.class, events.getFirst().getClass());
      assertTrue(has(events, TraceEvent.PacketSent.class));
      assertTrue(has(events, TraceEvent.PacketReceived.class));
      assertTrue(has(events, TraceEvent.KeyUpdated.class));
      assertTrue(has(events, TraceEvent.RecoveryMetrics.class));
    }
  }

  private Tracer endingTold(Tracer other) {
    return (now, event) -> {
      other.on(now, event);
      if (event instanceof TraceEvent.ConnectionEnded) {
        ended.countDown();
      }
    };
  }

  private static boolean has(List<TraceEvent> events, Class<? extends TraceEvent> kind) {
    return events.stream().anyMatch(kind::isInstance);
  }
}
