package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.wire.ConnectionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ID that a client makes up, which leads to its connection for a while (RFC 9000 §7.2). */
class InventedIdTest {
  private static final ConnectionId INVENTED = ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  private static final ConnectionId ISSUED = ConnectionId.of(new byte[] {9});

  private final List<ConnectionId> retired = new ArrayList<>();
  private final ConnectionIdSource source =
      new ConnectionIdSource() {
        @Override
        public ConnectionId issue() {
          return ISSUED;
        }

        @Override
        public byte[] resetToken(ConnectionId id) {
          return new byte[16];
        }

        @Override
        public void retire(ConnectionId id) {
          retired.add(id);
        }

        @Override
        public void expectReset(byte[] token) {}

        @Override
        public int length() {
          return ISSUED.length();
        }
      };
  private final ConnectionIds ids =
      ConnectionIds.server(
          source,
          new ServerOrigin(QuicVersion.V1, INVENTED, INVENTED, null, ConnectionId.EMPTY, false));

  /** Another connection may have begun with it meanwhile. */
  @Test
  void isLetGoOnce() {
    ids.issueMore();
    assertEquals(List.of(INVENTED), retired);
    assertEquals(List.of(ISSUED), ids.release());
    assertTrue(ids.isOurs(INVENTED), "packets that were held back are read all the same");
  }

  @Test
  void isLetGoAtAnEarlyEnd() {
    assertEquals(List.of(ISSUED, INVENTED), ids.release());
    assertEquals(List.of(), ids.release());
  }
}
