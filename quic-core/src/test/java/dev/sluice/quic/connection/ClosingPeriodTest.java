package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClosingPeriod.Farewell;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of a closed connection, without the connection. */
class ClosingPeriodTest {
  private static final byte[] CLOSE = new byte[60];
  private static final long UNTIL = 1_000;
  private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 443);
  private static final InetSocketAddress REMOTE = new InetSocketAddress("198.51.100.7", 4_000);
  private static final ConnectionId ID = ConnectionId.of(new byte[] {1, 2, 3, 4});

  static {
    Arrays.fill(CLOSE, (byte) 7);
  }

  private final List<ConnectionId> retired = new ArrayList<>();
  private final List<byte[]> expected = new ArrayList<>();
  private final ConnectionIdSource source =
      new ConnectionIdSource() {
        @Override
        public ConnectionId issue() {
          throw new AssertionError("nobody needs another");
        }

        @Override
        public byte[] resetToken(ConnectionId id) {
          throw new AssertionError("nobody is told");
        }

        @Override
        public void retire(ConnectionId id) {
          retired.add(id);
        }

        @Override
        public void expectReset(byte[] token) {
          expected.add(token);
        }

        @Override
        public int length() {
          return ID.length();
        }
      };
  private final DatagramBatch out = new DatagramBatch(2, 100);

  private ClosingPeriod period(Farewell farewell) {
    return new ClosingPeriod(source, List.of(ID), farewell, Tracer.NONE, UNTIL);
  }

  private ClosingPeriod closing() {
    return period(new Farewell(CLOSE, LOCAL, REMOTE));
  }

  /** How many datagrams it answers this one with. */
  private int answers(ClosingPeriod to, int length) {
    out.clear();
    to.receive(length);
    assertFalse(to.send(out));
    return out.count();
  }

  @Test
  @Requirement("RFC9000-10.2.1#1")
  void saysTheSameAgainLessAndLessOften() {
    ClosingPeriod closing = closing();
    List<Integer> answered = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      if (answers(closing, 60) == 1) {
        answered.add(i);
      }
    }
    assertEquals(List.of(1, 2, 4, 8, 16), answered);
    out.clear();
    closing.send(out);
    assertEquals(0, out.count(), "once for each");
  }

  @Test
  void goesWhereTheFirstWent() {
    assertEquals(1, answers(closing(), 60));
    int at = out.offset(0);
    assertArrayEquals(CLOSE, Arrays.copyOfRange(out.buffer(), at, at + out.length(0)));
    assertEquals(LOCAL, out.local(0));
    assertEquals(REMOTE, out.remote(0));
  }

  @Test
  @Requirement("RFC9000-10.2.1#5")
  void aSmallDatagramIsNotAnswered() {
    ClosingPeriod closing = closing();
    assertEquals(0, answers(closing, 19));
    assertEquals(1, answers(closing, 1), "60 for 20");
    answers(closing, 1);
    assertEquals(0, answers(closing, 1), "120 for 22");
  }

  @Test
  @Requirement({"RFC9000-10.2.2#1", "RFC9000-10.2.2#3"})
  void isSilentWithoutAFarewell() {
    assertEquals(0, answers(period(null), 60));
  }

  @Test
  void waitsForRoom() {
    ClosingPeriod closing = closing();
    closing.receive(60);
    DatagramBatch full = new DatagramBatch(1, 100);
    full.add(1, LOCAL, REMOTE, 0);
    assertTrue(closing.send(full));
    full.clear();
    assertFalse(closing.send(full));
    assertEquals(1, full.count());
  }

  @Test
  @Requirement("RFC9000-10.2#4")
  void givesItsIdsBackAtTheEnd() {
    ClosingPeriod closing = closing();
    closing.onDeadline(UNTIL - 1);
    assertFalse(closing.isOver());
    assertEquals(List.of(), retired);
    closing.onDeadline(UNTIL);
    assertTrue(closing.isOver());
    assertEquals(List.of(ID), retired);
    assertEquals(Arrays.asList((byte[]) null), expected);
    assertEquals(Long.MAX_VALUE, closing.deadline());
    assertEquals(0, answers(closing, 60));
    closing.onDeadline(UNTIL + 1);
    assertEquals(List.of(ID), retired, "another may have it by now");
  }

  @Test
  void needsTheAddressThatItAnswersFrom() {
    assertTrue(closing().isAt(LOCAL, null));
    assertTrue(closing().isAt(LOCAL, REMOTE));
    assertFalse(closing().isAt(LOCAL, LOCAL));
    assertFalse(closing().isAt(REMOTE, null));
    assertFalse(period(null).isAt(LOCAL, REMOTE));
  }
}
