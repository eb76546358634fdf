package dev.sluice.http3;

import dev.sluice.http3.connection.Http3Event;
import dev.sluice.testkit.LayerRules;
import org.junit.jupiter.api.Test;

/** Each package of HTTP/3 uses only those before it. */
class LayersTest {
  @Test
  void dependenciesPointOneWay() {
    LayerRules.of(Http3Event.class)
        .checkOrder(
            "dev.sluice.http3.ending",
            "dev.sluice.http3.structured",
            "dev.sluice.http3.message",
            "dev.sluice.http3.frame",
            "dev.sluice.http3.capsule",
            "dev.sluice.http3.trace",
            "dev.sluice.http3.stream",
            "dev.sluice.http3.connection",
            "dev.sluice.http3.datagram",
            "dev.sluice.http3.webtransport",
            // What callers catch and ask, for both of the packages that drive connections.
            "dev.sluice.http3",
            "dev.sluice.http3.session",
            "dev.sluice.http3.client",
            "dev.sluice.http3.server");
  }
}
