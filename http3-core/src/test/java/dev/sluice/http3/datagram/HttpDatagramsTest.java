package dev.sluice.http3.datagram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryTransport;
import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.testkit.Requirement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When HTTP datagrams may be sent at all (RFC 9297 §2.1.1). */
class HttpDatagramsTest {
  private final MemoryLink link = new MemoryLink();

  private static Http3Connection connection(MemoryTransport quic, int setting) {
    quic.maxDatagram(1200);
    Map<Long, Long> settings = Map.of(Http3Settings.H3_DATAGRAM, (long) setting);
    return new Http3Connection(
        quic, Http3Config.DEFAULT.withAdditionalSettings(settings), new Random(1));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, true", "1, 0, false", "0, 1, false", "0, 0, false"})
  @Requirement("RFC9297-2.1.1#3")
  void onlyWhenBothSidesHaveSaidSo(int own, int peers, boolean agreed) {
    Http3Connection http = connection(link.client(), own);
    Http3Connection peer = connection(link.server(), peers);
    HttpDatagrams datagrams = new HttpDatagrams(http, 10);
    DatagramFlow flow = datagrams.openFlow(10, Duration.ZERO);
    http.process();
    peer.process();
    assertFalse(datagrams.send(flow, 0, new byte[9], 0, 9), "before the peer's SETTINGS");
    link.deliverAll();
    http.process();
    assertEquals(agreed, datagrams.send(flow, 0, new byte[9], 0, 9));
    assertEquals(agreed, datagrams.maxLength(0) > 0);
    assertEquals(agreed ? 1 : 0, flow.sent());
  }
}
