package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Stateless resets at a server (RFC 9000 §10.3). A client's first connection ID has no token, those
 * that it issues later have; only that of the ID in use counts. {@link EndingsMatrixTest} has the
 * client's side.
 */
class StatelessResetTest {
  private static final byte[] TOKEN = "sixteen of bytes".getBytes(StandardCharsets.US_ASCII);

  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  private void issue(NewConnectionIdFrame frame) {
    duo.toServer(duo.fromClient(SealedPackets.payload(frame)));
  }

  private void reset() {
    duo.toServer(SealedPackets.statelessReset(TOKEN, duo.sim.random()));
  }

  @Test
  @Requirement({"RFC9000-10.3.1#2", "RFC9000-10.3.1#5"})
  void ofTheIdInUseEndsAServersConnection() {
    issue(SealedPackets.idWithResetToken(TOKEN));
    assertNull(duo.server.ending());
    reset();
    assertEquals(new ConnectionEnding.StatelessReset(), duo.server.ending());
  }

  @Test
  @Requirement("RFC9000-10.3.1#3")
  void ofAnIdThatTheServerHasNotUsedIsNoise() {
    ConnectionId unused = ConnectionId.of(new byte[] {9, 8, 7, 6, 5, 4, 3, 2});
    // In the place of one that the client itself has issued.
    issue(new NewConnectionIdFrame(999, 2, ConnectionId.of(new byte[] {1, 1, 1, 1}), token(1)));
    issue(new NewConnectionIdFrame(1000, 3, unused, Bytes.of(TOKEN)));
    assertNull(duo.server.ending());
    reset();
    assertNull(duo.server.ending());
  }

  @Test
  @Requirement("RFC9000-10.3.1#3")
  void ofAnIdThatWasRetiredIsNoise() {
    issue(SealedPackets.idWithResetToken(TOKEN));
    issue(new NewConnectionIdFrame(1001, 1001, ConnectionId.of(new byte[] {4, 4, 4, 4}), token(4)));
    reset();
    assertNull(duo.server.ending());
  }

  @Test
  void withoutATokenIsNoise() {
    reset();
    assertNull(duo.server.ending());
  }

  private static Bytes token(int of) {
    byte[] token = new byte[16];
    token[0] = (byte) of;
    return Bytes.of(token);
  }
}
