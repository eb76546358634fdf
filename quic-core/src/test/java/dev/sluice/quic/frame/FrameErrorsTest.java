package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.testkit.Requirement;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameErrorsTest {
  private static final String MAX = "ffffffffffffffff";

  private static Frame read(String hex) {
    return FrameReader.read(WireReader.of(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  private static String fails(TransportError error, long frameType, String hex) {
    TransportException e = assertThrows(TransportException.class, () -> read(hex));
    assertEquals(error.code(), e.code(), e.getMessage());
    assertEquals(frameType, e.frameType());
    return e.getMessage();
  }

  @Test
  @Requirement("RFC9000-12.4#4")
  void unknownTypes() {
    for (String type : new String[] {"20", "21", "32", "3f", "4040", "80010000", MAX}) {
      long number = WireReader.of(HexFormat.of().parseHex(type)).varInt();
      String message = fails(TransportError.FRAME_ENCODING_ERROR, number, type + "0000");
      assertTrue(message.contains("unknown frame type 0x"), message);
    }
  }

  @Test
  @Requirement({"RFC9000-12.4#5", "RFC9000-12.4#6"})
  void aTypeInMoreBytesThanItNeeds() {
    fails(TransportError.PROTOCOL_VIOLATION, 0x01, "4001");
    fails(TransportError.PROTOCOL_VIOLATION, 0x00, "80000000");
    fails(TransportError.PROTOCOL_VIOLATION, 0x1e, "c00000000000001e");
    fails(TransportError.PROTOCOL_VIOLATION, 0x3f, "403f");
  }

  @Test
  void nothingOrHalfAType() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0, "");
    fails(TransportError.FRAME_ENCODING_ERROR, 0, "40");
  }

  @Test
  @Requirement("RFC9000-19.3.1#1")
  void acknowledgedNumbersBelowZero() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 05 00 00 06");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 05 00 01 00 04 00");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 05 00 01 00 03 01");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 05 00 01 00 " + MAX + " 00");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 05 00 01 00 00 " + MAX);
    fails(TransportError.FRAME_ENCODING_ERROR, 0x03, "03 05 00 00 " + MAX + " 00 00 00");
    assertEquals(
        AckRanges.builder().add(5, 5).add(0, 0).build(),
        ((AckFrame) read("02 05 00 01 00 03 00")).ranges());
  }

  @Test
  void aFalseRangeCountEndsAtTheEndOfThePacket() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x02, "02 40ff 00 " + MAX + " 00 00 00 00 00");
  }

  @Test
  @Requirement("RFC9000-19.8#2")
  void streamDataBeyondTheLastOffset() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x0e, "0e 00 " + MAX + " 01 aa");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x0c, "0c 00 " + MAX + " aa");
    assertEquals(0, ((StreamFrame) read("0c 00 " + MAX)).data().length());
    assertEquals(1, ((StreamFrame) read("0c 00 fffffffffffffffe aa")).data().length());
  }

  @Test
  @Requirement("RFC9000-19.6#1")
  void cryptoDataBeyondTheLastOffset() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x06, "06 " + MAX + " 01 aa");
    assertEquals(1, ((CryptoFrame) read("06 fffffffffffffffe 01 aa")).data().length());
  }

  @Test
  void lengthsBeyondThePacket() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x0a, "0a 00 02 aa");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x06, "06 00 " + MAX + " aa");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x07, "07 c000000080000001 aa");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x1d, "1d 00 02 aa");
  }

  @Test
  @Requirement("RFC9000-19.7#2")
  void anEmptyToken() {
    String message = fails(TransportError.FRAME_ENCODING_ERROR, 0x07, "07 00");
    assertEquals("NEW_TOKEN: the token is empty", message);
  }

  @Test
  @Requirement({"RFC9000-19.11#1", "RFC9000-19.14#2"})
  void moreStreamsThanStreamIds() {
    for (String type : new String[] {"12", "13", "16", "17"}) {
      long number = Long.parseLong(type, 16);
      fails(TransportError.FRAME_ENCODING_ERROR, number, type + "d000000000000001");
      assertEquals(number, read(type + "d000000000000000").type());
    }
  }

  @Test
  @Requirement("RESETAT10-4#1")
  void aReliableSizeBeyondTheFinalSize() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x24, "24 00 01 05 06");
    assertEquals(new ResetStreamAtFrame(0, 1, 5, 5), read("24 00 01 05 05"));
  }

  @Test
  void datagramsWithAndWithoutLength() {
    assertEquals(new DatagramFrame(Bytes.of(new byte[] {1, 2}), false), read("30 01 02"));
    assertEquals(new DatagramFrame(Bytes.of(new byte[] {1}), true), read("31 01 01"));
    assertEquals(new DatagramFrame(Bytes.EMPTY, false), read("30"));
    assertEquals(1, new DatagramFrame(Bytes.EMPTY, false).encodedLength());
    fails(TransportError.FRAME_ENCODING_ERROR, 0x31, "31 02 01");
    fails(TransportError.FRAME_ENCODING_ERROR, 0x31, "31");
  }

  @Test
  @Requirement("RFC9000-19.15#1")
  void connectionIdLengths() {
    String token = "00".repeat(16);
    fails(TransportError.FRAME_ENCODING_ERROR, 0x18, "18 01 00 00" + token);
    fails(TransportError.FRAME_ENCODING_ERROR, 0x18, "18 01 00 15" + "aa".repeat(21) + token);
    fails(TransportError.FRAME_ENCODING_ERROR, 0x18, "18 01 00 40" + "aa".repeat(64) + token);
    assertEquals(0x18, read("18 01 00 14" + "aa".repeat(20) + token).type());
    assertEquals(0x18, read("18 01 01 01 aa" + token).type());
  }

  @Test
  @Requirement({"RFC9000-19.15#6", "RFC9000-19.15#7"})
  void retirePriorToBeyondTheSequenceNumber() {
    fails(TransportError.FRAME_ENCODING_ERROR, 0x18, "18 01 02 01 aa" + "00".repeat(16));
  }
}
