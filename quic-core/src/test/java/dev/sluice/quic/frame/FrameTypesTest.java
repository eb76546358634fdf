package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.testkit.Requirement;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTypesTest {

  /** Table 3 of RFC 9000 §12.4, once more by hand; and the extensions. */
  @ParameterizedTest
  @Requirement({"RFC9000-12.4#3", "RFC9221-5#3", "RFC9221-6#1", "RESETAT10-4#4"})
  @CsvSource({
    "00, 00, PADDING, IH01, NP",
    "01, 01, PING, IH01, _",
    "02, 03, ACK, IH_1, NC",
    "04, 04, RESET_STREAM, __01, _",
    "05, 05, STOP_SENDING, __01, _",
    "06, 06, CRYPTO, IH_1, _",
    "07, 07, NEW_TOKEN, ___1, _",
    "08, 0f, STREAM, __01, F",
    "10, 10, MAX_DATA, __01, _",
    "11, 11, MAX_STREAM_DATA, __01, _",
    "12, 13, MAX_STREAMS, __01, _",
    "14, 14, DATA_BLOCKED, __01, _",
    "15, 15, STREAM_DATA_BLOCKED, __01, _",
    "16, 17, STREAMS_BLOCKED, __01, _",
    "18, 18, NEW_CONNECTION_ID, __01, P",
    "19, 19, RETIRE_CONNECTION_ID, __01, _",
    "1a, 1a, PATH_CHALLENGE, __01, P",
    "1b, 1b, PATH_RESPONSE, ___1, P",
    "1c, 1c, CONNECTION_CLOSE, IH01, N",
    "1d, 1d, CONNECTION_CLOSE, __01, N",
    "1e, 1e, HANDSHAKE_DONE, ___1, _",
    "1f, 1f, IMMEDIATE_ACK, ___1, _",
    "af, af, ACK_FREQUENCY, ___1, _",
    "24, 24, RESET_STREAM_AT, __01, _",
    "30, 31, DATAGRAM, __01, _"
  })
  void table3(String first, String last, String name, String packets, String rules) {
    for (long type = Long.parseLong(first, 16); type <= Long.parseLong(last, 16); type++) {
      assertEquals(name, FrameTypes.name(type));
      assertEquals(packets.contains("I"), FrameTypes.permitted(type, PacketType.INITIAL));
      assertEquals(packets.contains("H"), FrameTypes.permitted(type, PacketType.HANDSHAKE));
      assertEquals(packets.contains("0"), FrameTypes.permitted(type, PacketType.ZERO_RTT));
      assertEquals(packets.contains("1"), FrameTypes.permitted(type, PacketType.ONE_RTT));
      assertFalse(FrameTypes.permitted(type, PacketType.RETRY));
      assertFalse(FrameTypes.permitted(type, PacketType.VERSION_NEGOTIATION));
      assertEquals(!rules.contains("N"), FrameTypes.isAckEliciting(type));
      assertEquals(rules.contains("P"), FrameTypes.isProbing(type));
    }
  }

  @Test
  void applicationCloseStaysOutOfTheHandshake() {
    assertFalse(FrameTypes.permitted(FrameTypes.APPLICATION_CLOSE, PacketType.INITIAL));
    assertFalse(FrameTypes.permitted(FrameTypes.APPLICATION_CLOSE, PacketType.HANDSHAKE));
    assertTrue(FrameTypes.permitted(FrameTypes.CONNECTION_CLOSE, PacketType.HANDSHAKE));
  }

  @Test
  void unknownTypesAreNowherePermitted() {
    LongStream.of(-1, 0x20, 0x23, 0x25, 0x2f, 0x32, 0x3f, 0x40, 1L << 61)
        .forEach(
            type -> {
              assertFalse(FrameTypes.isKnown(type));
              assertFalse(FrameTypes.permitted(type, PacketType.ONE_RTT));
              assertTrue(FrameTypes.isAckEliciting(type));
              assertEquals("frame type 0x" + Long.toHexString(type), FrameTypes.name(type));
            });
  }
}
