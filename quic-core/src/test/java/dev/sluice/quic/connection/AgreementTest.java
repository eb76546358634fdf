package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.testkit.Requirement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What both sides know when the handshake is over, and nobody else (RFC 9000 §7). */
class AgreementTest {
  private static final TransportConfig ODD =
      TransportConfig.DEFAULTS.withStreams(
          StreamConfig.DEFAULT.withLimits(new StreamLimits(71, 72, 73, 74, 75, 76)));

  private static Duo duo(long seed) {
    return new Duo(
        new Simulation(seed),
        ODD,
        TransportConfig.DEFAULTS,
        () -> new Link().delay(Simulation.ms(5)));
  }

  private static byte[] secret(Connection connection) {
    return connection.exportKeyingMaterial("EXPORTER-test", new byte[0], 32);
  }

  @Test
  @Requirement("RFC9000-7#1")
  void keysOfThisConnectionAloneParametersAndAProtocol() {
    Duo one = duo(1);
    Duo other = duo(2);
    assertArrayEquals(secret(one.client), secret(one.server));
    assertFalse(Arrays.equals(secret(one.client), secret(other.client)), "distinct keys");
    assertEquals("test", one.client.tls().applicationProtocol());
    assertEquals("test", one.server.tls().applicationProtocol());
    assertNotNull(one.client.tls().peerCertificates().getFirst(), "the server is authenticated");
    assertEquals(71, one.server.handshake.peer().initialMaxData());
    assertEquals(76, one.server.handshake.peer().initialMaxStreamsUni());
    assertEquals(
        StreamConfig.DEFAULT.limits().maxData(), one.client.handshake.peer().initialMaxData());
  }

  /** Rather than keys that anybody knows. */
  @Test
  void thereAreNoKeysAfterTheEnd() {
    Duo duo = duo(1);
    duo.client.close(0, "");
    assertThrows(IllegalStateException.class, () -> secret(duo.client));
    duo.runFor(20);
    assertThrows(IllegalStateException.class, () -> secret(duo.server));
  }
}
