package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.webtransport.WtPair.Joined;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** The datagrams of a session, and those that nobody takes. */
class SessionDatagramsTest {
  private final WtPair pair = new WtPair();

  @Test
  void datagramsBothWays() {
    Joined session = pair.join();
    assertEquals(1199, session.client().maxDatagramLength());
    assertTrue(session.client().sendDatagram(WtPair.bytes("_one"), 1, 3));
    assertTrue(session.client().sendDatagram(new byte[0], 0, 0));
    assertFalse(session.client().sendDatagram(new byte[1200], 0, 1200));
    pair.run();
    pair.server.only(WebTransportEvent.DatagramsReceived.class);
    assertArrayEquals(WtPair.bytes("one"), session.server().nextDatagram(pair.now));
    assertArrayEquals(new byte[0], session.server().nextDatagram(pair.now));
    assertNull(session.server().nextDatagram(pair.now));
    assertTrue(session.server().sendDatagram(new byte[1199], 0, 1199));
    pair.run();
    assertEquals(1199, session.client().nextDatagram(pair.now).length);
  }

  @Test
  void datagramsThatNobodyTakesGiveWayToNewer() {
    WtPair pair = new WtPair(WebTransportConfig.DEFAULT, dropping(3, 1 << 20, 1_000));
    Joined session = pair.join();
    for (byte i = 0; i < 5; i++) {
      session.client().sendDatagram(new byte[] {i}, 0, 1);
    }
    pair.run();
    assertArrayEquals(new byte[] {2}, session.server().nextDatagram(pair.now));
    assertArrayEquals(new byte[] {3}, session.server().nextDatagram(pair.now + 1_000));
    assertNull(session.server().nextDatagram(pair.now + 1_001));
    assertEquals(5, session.server().statistics().datagramsReceived());
    assertEquals(3, session.server().statistics().datagramsDroppedUnread());
  }

  @Test
  void datagramsMayWaitForEver() {
    DatagramLimits limits =
        DatagramLimits.DEFAULT.withReceive(3, 1 << 20, ChronoUnit.FOREVER.getDuration());
    WtPair pair =
        new WtPair(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT.withDatagrams(limits));
    Joined session = pair.join();
    session.client().sendDatagram(new byte[1], 0, 1);
    pair.run();
    assertNotNull(session.server().nextDatagram(pair.now + 1_000_000_000_000L));
  }

  @Test
  void datagramsThatNobodyTakesAreBoundedInBytes() {
    WtPair pair = new WtPair(WebTransportConfig.DEFAULT, dropping(100, 250, 0));
    Joined session = pair.join();
    for (byte i = 0; i < 5; i++) {
      byte[] data = new byte[100];
      data[0] = i;
      session.client().sendDatagram(data, 0, data.length);
    }
    pair.run();
    assertEquals(3, session.server().nextDatagram(pair.now + 1_000_000_000_000L)[0], "no age");
    assertEquals(4, session.server().nextDatagram(pair.now)[0]);
    assertNull(session.server().nextDatagram(pair.now));
    assertEquals(3, session.server().statistics().datagramsDroppedUnread());
  }

  private static WebTransportConfig dropping(int queue, int bytes, long age) {
    return WebTransportConfig.DEFAULT.withDatagrams(
        DatagramLimits.DEFAULT.withReceive(queue, bytes, Duration.ofNanos(age)));
  }
}
