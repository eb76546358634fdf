package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.testkit.Requirement;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sender that waits for credit while the reader takes a long break (RFC 9000 §4.1). */
class BlockedTest {
  private static final TransportConfig SHORT_IDLE =
      TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofSeconds(3));

  private final byte[] bytes = new byte[5000];

  /**
   * @param data the connection's limit; that of the stream is 1000
   */
  @ParameterizedTest
  @ValueSource(longs = {100_000, 500})
  @Requirement("RFC9000-4.1#5")
  void saysSoAgainInsteadOfTimingOut(long data) {
    StreamConfig narrow =
        StreamConfig.DEFAULT.withLimits(new StreamLimits(data, 1000, 1000, 1000, 10, 10));
    Duo duo = new Duo(SHORT_IDLE, SHORT_IDLE.withStreams(narrow));
    SendStream stream = duo.client.openUni();
    assertEquals(5000, stream.write(bytes, 0, 5000));
    stream.finish();
    duo.runFor(120_000);
    assertNull(duo.client.ending());
    assertNull(duo.server.ending());
    long packets = duo.client.stats().packetsSent();
    assertTrue(packets < 300, "but not all the time: " + packets + " packets");
    RecvStream recv =
        duo.serverEvents.stream()
            .filter(QuicEvent.PeerOpened.class::isInstance)
            .map(e -> ((QuicEvent.PeerOpened) e).recv())
            .findFirst()
            .orElseThrow();
    int read = 0;
    for (int i = 0; i < 100 && recv.ending() == null; i++) {
      read += Math.max(0, recv.read(bytes, 0, 5000));
      duo.runFor(100);
    }
    assertEquals(5000, read);
    duo.runFor(10_000);
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, duo.client.ending());
  }
}
