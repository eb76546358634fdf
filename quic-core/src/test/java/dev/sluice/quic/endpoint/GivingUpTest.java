package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a connection in which something fails again and again. */
class GivingUpTest {
  private static final long SECOND = 1_000_000_000;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Endpoint client = new Endpoint(EndpointConfig.of(random.split()));
  private final List<QuicEvent> heard = new ArrayList<>();
  private boolean failing;
  private long now = 5 * SECOND;

  private void turn(Connection connection) {
    client.onDeadline(now);
    client.touch(connection);
    while (client.nextTouched() != null) {
      for (QuicEvent event = connection.nextEvent(); event != null; ) {
        heard.add(event);
        event = connection.nextEvent();
      }
    }
    client.send(now, new DatagramBatch(64, 2048));
  }

  /** The endpoint is rid of it, and whoever waits for its end is told. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itIsForgottenAndItsEndIsTold(boolean closing) {
    Tracer tracer =
        (time, event) -> {
          if (failing) {
            throw new IllegalStateException("on purpose");
          }
        };
    InetSocketAddress server = new InetSocketAddress("192.0.2.1", 443);
    Connection connection =
        client.connect(
            null, server, TestPeers.client(random.split()).withTracer(() -> tracer), now);
    turn(connection);
    if (closing) {
      connection.close(7, "");
    }
    failing = true;
    for (int i = 0; i < 10; i++) {
      now += SECOND;
      try {
        turn(connection);
      } catch (IllegalStateException fault) {
        client.giveUpFaulty(now);
      }
    }
    assertInstanceOf(QuicEvent.Ended.class, heard.getLast());
    assertTrue(client.isQuiet());
    assertEquals(Long.MAX_VALUE, client.nextDeadline());
  }
}
