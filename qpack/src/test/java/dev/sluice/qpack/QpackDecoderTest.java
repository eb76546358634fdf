package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a decoder refuses, what it bounds and what it answers. */
class QpackDecoderTest {
  /** Capacity 100, then a=b (34 bytes), then a second. */
  private static final String CAPACITY_100 = "3f45";

  private static final String INSERT_A_B = "41610162";

  @Test
  @Requirement("RFC9204-4.3.1#2")
  void capacityBeyondTheLimit() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100);
    assertEncoderStreamError(decoder, "3f46", "exceeds the limit 100");
  }

  @Test
  @Requirement("RFC9204-3.2.2#2")
  void entryLargerThanTheTable() throws QpackException {
    // 34 bytes do not fit in 33, however the line is inserted.
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), "3f02" + INSERT_A_B, "capacity 33");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), INSERT_A_B, "capacity 0");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), "3f02c00161", "capacity 33");
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, "3f03" + INSERT_A_B);
    assertEquals(1, decoder.table().insertCount());
  }

  @Test
  void lengthOfAnImpossibleEntryIsRefusedBeforeItsBytesCome() {
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "5fff7f", "capacity");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "c07fff7f", "capacity");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "c0ffff7f", "capacity");
  }

  @Test
  @Requirement({"RFC9204-3.1#2", "RFC9204-2.2.3#2"})
  void encoderInstructionsThatReferToNothing() {
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "ff2400", "99");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "8000", "index 0");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), CAPACITY_100 + "00", "index 0");
    // Three insertions into room for two: relative index 2 is evicted.
    String three = CAPACITY_100 + INSERT_A_B + INSERT_A_B + INSERT_A_B;
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), three + "02", "index 2");
    assertEncoderStreamError(new QpackDecoder(100, 1, 1000), three + "8200", "index 2");
  }

  @Test
  @Requirement("RFC9204-7.4#2")
  void encoderInstructionsWithBadPrimitives() {
    assertEncoderStreamError(
        new QpackDecoder(100, 1, 1000), "3f" + "ff".repeat(9) + "7f", "integer above");
    assertEncoderStreamError(
        new QpackDecoder(100, 1, 1000), CAPACITY_100 + "c08100", "not Huffman code");
    assertDecompressionFailed(
        new QpackDecoder(100, 1, 1000), "0000ff" + "ff".repeat(9) + "7f", "integer above");
  }

  /** RFC 9204 §3.2.2: the referenced entry may be the one that the insertion evicts. */
  @Test
  @Requirement("RFC9204-3.2#1")
  void insertionMayReferToWhatItEvicts() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B + INSERT_A_B);
    encoderStream(decoder, "01" + "810163");
    assertEquals(new FieldLine("a", "b"), decoder.table().get(2));
    assertEquals(new FieldLine("a", "c"), decoder.table().get(3));
    assertNull(decoder.table().get(1));
  }

  @Test
  @Requirement({"RFC9204-3.1#1", "RFC9204-2.2.3#1", "RFC9204-2.2.1#2"})
  void referencesToNothingInASection() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B.repeat(3));
    assertDecompressionFailed(decoder, "0000ff24", "no static entry has index 99");
    assertDecompressionFailed(decoder, "00005f5400", "no static entry has index 99");
    // Absolute index 0 is evicted; Base 3, relative index 2.
    assertDecompressionFailed(decoder, "040082", "absolute index 0");
    assertDecompressionFailed(decoder, "04004200", "absolute index 0");
    // Required Insert Count 2 with a reference to the third entry: smaller than it must be.
    assertDecompressionFailed(decoder, "030010", "absolute index 2");
    assertDecompressionFailed(decoder, "030180", "absolute index 2");
    assertDecompressionFailed(decoder, "03000000", "absolute index 2");
    assertDecompressionFailed(decoder, "000080", "absolute index -1");
    assertDecompressionFailed(decoder, "0400bf" + "80".repeat(8) + "3f", "absolute index -");
  }

  @Test
  void everyRepresentationCutOff() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B);
    // Indexed, post-Base indexed, and the three literals, of which only the whole are lines.
    for (String line : List.of("ff00", "1f00", "5f0001", "400161", "000161", "23616263640161")) {
      byte[] whole = hex("0281" + line);
      for (int length = 3; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        QpackException error =
            assertThrows(QpackException.class, () -> decoder.decode(0, cut), line);
        assertEquals(QpackException.QPACK_DECOMPRESSION_FAILED, error.code());
      }
    }
  }

  @Test
  @Requirement("RFC9204-2.1.2#2")
  void moreBlockedStreamsThanPromised() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100);
    assertEquals(new Decoded.Blocked(1), decoder.decode(0, hex("020080")));
    assertDecompressionFailed(decoder, "020080", "beyond the limit of 1");
    // Cancelled or decodable streams don't count.
    decoder.cancel(0);
    assertEquals(new Decoded.Blocked(1), decoder.decode(4, hex("020080")));
    encoderStream(decoder, INSERT_A_B);
    assertEquals(new Decoded.Blocked(2), decoder.decode(8, hex("030080")));
    assertEquals(4, decoder.nextUnblocked().streamId());
    assertNull(decoder.nextUnblocked());
    assertThrows(IllegalStateException.class, () -> decoder.decode(8, hex("0000")));
  }

  @Test
  @Requirement("RFC9204-2.2.2.1#1")
  void answersInOneBatch() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B + INSERT_A_B);
    decoder.decode(4, hex("020080"));
    decoder.decode(8, hex("0000c1")); // no dynamic references, no acknowledgment
    decoder.cancel(12);
    // The acknowledgment covers the first insertion, the increment the second.
    assertEquals("844c01", HexFormat.of().formatHex(decoder.takeDecoderStream()));
    assertEquals(0, decoder.takeDecoderStream().length);
    decoder.decode(16, hex("030080"));
    assertEquals("90", HexFormat.of().formatHex(decoder.takeDecoderStream()));
  }

  @Test
  @Requirement("RFC9204-2.2.2.2#1")
  void withoutATableCancellationsAreOmitted() {
    QpackDecoder decoder = new QpackDecoder(0, 0, 1000);
    decoder.cancel(4);
    assertEquals(0, decoder.takeDecoderStream().length);
  }

  /** The bomb: one large entry, referred to by one byte a line. */
  @Test
  void sizeIsWatchedWhileDecoding() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 100);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B);
    assertInstanceOf(Decoded.Fields.class, decoder.decode(0, hex("02008080")));
    assertInstanceOf(Decoded.TooLarge.class, decoder.decode(4, hex("0200808080")));
    // Both were processed, so the encoder is told so and can evict again.
    assertEquals("8084", HexFormat.of().formatHex(decoder.takeDecoderStream()));
    encoderStream(decoder, INSERT_A_B);
    assertInstanceOf(Decoded.Fields.class, decoder.decode(8, hex("030080")));
  }

  @Test
  void literalsCountTowardsTheSize() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(0, 0, 40);
    assertInstanceOf(
        Decoded.Fields.class, decoder.decode(0, hex("0000" + "216107" + "62".repeat(7))));
    for (String line :
        List.of(
            "216108" + "62".repeat(8), // raw value
            "2702" + "61".repeat(9) + "00", // raw name
            "510961626364656667",
            "21617fffff7f",
            "2161ffffff7f")) {
      Decoded decoded = new QpackDecoder(0, 0, 40).decode(0, hex("0000" + line));
      assertInstanceOf(Decoded.TooLarge.class, decoded, line);
    }
    // A value that is short coded and long decoded: 32 times "0", five bits each.
    assertInstanceOf(
        Decoded.TooLarge.class, decoder.decode(0, hex("00002161" + "94" + "00".repeat(20))));
  }

  @Test
  void bytesOfBlockedSectionsAreBounded() throws QpackException {
    int streams = 8;
    QpackDecoder decoder = new QpackDecoder(100, streams, 16_000);
    encoderStream(decoder, CAPACITY_100);
    byte[] section = Arrays.copyOf(hex("0200"), 60_000);
    int refused = 0;
    for (int i = 0; i < streams; i++) {
      refused += decoder.decode(i, section.clone()) instanceof Decoded.TooLarge ? 1 : 0;
    }
    assertTrue(refused > 0);
    assertTrue(decoder.heldBytes() <= streams * 16_384 + 64_032);
    // What was refused was cancelled, not acknowledged.
    assertEquals(0x40, decoder.takeDecoderStream()[0] & 0xc0);
    assertInstanceOf(
        Decoded.TooLarge.class,
        new QpackDecoder(100, 1, 10).decode(0, Arrays.copyOf(hex("0200"), 100)));
  }

  @Test
  void aPeerThatNeverLetsUsAnswerIsCutOff() throws QpackException {
    QpackDecoder decoder = new QpackDecoder(100, 1, 1000);
    encoderStream(decoder, CAPACITY_100 + INSERT_A_B);
    byte[] section = hex("020080");
    assertThrows(
        QpackException.class,
        () -> {
          for (int i = 0; i < 1_000_000; i++) {
            decoder.decode(1L << 61, section);
          }
        });
    assertTrue(decoder.takeDecoderStream().length < 300_000);
  }

  @Test
  void neverIndexedLinesAreMarked() throws QpackException {
    Decoded decoded = new QpackDecoder(0, 0, 1000).decode(0, hex("0000" + "7f450161" + "31610162"));
    assertEquals(
        List.of(new FieldLine("authorization", "a", true), new FieldLine("a", "b", true)),
        ((Decoded.Fields) decoded).lines());
  }

  private static void assertEncoderStreamError(QpackDecoder decoder, String hex, String reason) {
    QpackException error = assertThrows(QpackException.class, () -> encoderStream(decoder, hex));
    assertEquals(QpackException.QPACK_ENCODER_STREAM_ERROR, error.code());
    assertTrue(error.getMessage().contains(reason), error.getMessage());
  }

  private static void assertDecompressionFailed(QpackDecoder decoder, String hex, String reason) {
    QpackException error = assertThrows(QpackException.class, () -> decoder.decode(100, hex(hex)));
    assertEquals(QpackException.QPACK_DECOMPRESSION_FAILED, error.code());
    assertTrue(error.getMessage().contains(reason), error.getMessage());
  }

  private static void encoderStream(QpackDecoder decoder, String hex) throws QpackException {
    byte[] bytes = hex(hex);
    decoder.onEncoderStream(bytes, 0, bytes.length);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
