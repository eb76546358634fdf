package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.wire.VarInt;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Times that no clock of nanoseconds reaches, ours and the peer's. */
class LongTimesTest {
  private static final TransportConfig NEVER_IDLE =
      TransportConfig.DEFAULTS.withIdleTimeout(Duration.ZERO);

  @Test
  void timesOfOursMayBeForEver() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    TransportConfig config =
        TransportConfig.DEFAULTS
            .withIdleTimeout(forEver)
            .withHandshakeTimeout(forEver)
            .withKeepAlive(forEver)
            .withUnreadRetention(forEver)
            .withDatagrams(DatagramConfig.ON.withSendQueue(1, forEver));
    Duo duo = new Duo(config, config);
    duo.write(duo.server, 10);
    assertTrue(duo.server.sendDatagram(new byte[1], 0, 1));
    duo.runFor(60_000);
    assertNull(duo.client.ending());
    assertEquals(1, duo.client.stats().datagramFrames().received());
    duo.server.close(0, "");
    duo.runFor(1000);
    assertInstanceOf(ConnectionEnding.ApplicationClose.class, duo.client.ending());
    assertTrue(duo.client.unreadUntil() > duo.sim.now());
  }

  /** What is not zero must not become zero, which is for ever. */
  @Test
  void aTimeBelowAMillisecondIsToldToThePeer() {
    TransportConfig hasty = TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofNanos(500_000));
    Duo duo = new Duo(hasty, NEVER_IDLE);
    duo.runFor(60_000);
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, duo.server.ending());
  }

  @Test
  void noRoundTripTakesLongerThanAMinute() {
    TransportConfig patient = TransportConfig.DEFAULTS.withInitialRtt(Duration.ofMinutes(1));
    Duration longer = Duration.ofMinutes(1).plusNanos(1);
    assertThrows(IllegalArgumentException.class, () -> patient.withInitialRtt(longer));
  }

  @Test
  void aPeerMayBeSilentForEver() {
    // Where nothing may be added to the longest of times.
    Simulation sim =
        LongStream.iterate(1, seed -> seed + 1)
            .mapToObj(Simulation::new)
            .filter(made -> made.now() > 0)
            .findFirst()
            .orElseThrow();
    Duo duo = new Duo(sim, NEVER_IDLE, NEVER_IDLE, () -> new Link().delay(Simulation.ms(10)));
    TransportParameters.Builder parameters = new TransportParameters.Builder();
    parameters.maxIdleTimeoutMillis = VarInt.MAX;
    PeerParameters.apply(duo.client, parameters.build());
    assertTrue(duo.client.nextDeadline() > duo.sim.now());
    duo.runFor(60_000);
    assertNull(duo.client.ending());
  }
}
