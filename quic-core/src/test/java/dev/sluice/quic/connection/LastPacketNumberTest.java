package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.testkit.Requirement;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

/** What no connection lives to see: its last packet number (RFC 9000 §12.3). */
class LastPacketNumberTest {
  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  /** Leaves out nearly all numbers: so many packets cannot be sent in a test, or at all. */
  private static void skipTo(Connection connection, long number) throws Exception {
    Field spaces = Recovery.class.getDeclaredField("spaces");
    spaces.setAccessible(true);
    Object space = ((Object[]) spaces.get(connection.recovery))[2];
    Field next = space.getClass().getDeclaredField("next");
    next.setAccessible(true);
    next.setLong(space, number);
    assertEquals(number, connection.recovery.nextPacketNumber(PacketNumberSpace.APPLICATION));
  }

  @Test
  @Requirement("RFC9000-12.3#3")
  void theConnectionEndsWithoutAnotherPacket() throws Exception {
    skipTo(duo.client, PacketNumber.MAX);
    int before = duo.clientLog.sent().size();
    duo.write(duo.client, 1000);
    duo.runFor(1000);
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals("there are no more packet numbers", ending.reason());
    assertEquals(before, duo.clientLog.sent().size());
    assertNull(duo.server.ending(), "nobody told it");
  }

  @Test
  @Requirement("RFC9000-12.3#3")
  void whatIsClosedAtThatMomentSaysNothingEither() throws Exception {
    skipTo(duo.client, PacketNumber.MAX);
    int before = duo.clientLog.sent().size();
    duo.client.close(7, "done");
    duo.write(duo.server, 1000);
    duo.runFor(1000);
    assertEquals(before, duo.clientLog.sent().size());
    assertTrue(duo.client.ending() != null);
  }
}
