package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an encoder may do with the table, and what it makes of the decoder stream. */
class QpackEncoderTest {
  private static final FieldLine AUTHORITY = new FieldLine(":authority", "www.example.com");

  @Test
  @Requirement({"RFC9204-3.2.3#4", "RFC9204-4.2#5"})
  void withoutCapacityNothingIsInstructed() throws QpackException {
    QpackEncoder encoder = new QpackEncoder(EncoderLimits.DEFAULT);
    encodeTwice(encoder);
    assertEquals(0, encoder.takeEncoderStream().length);
    encoder.onPeerSettings(0, 100);
    encodeTwice(encoder);
    assertEquals(0, encoder.takeEncoderStream().length);
    encoder = encoder(31, 100); // too small for any entry
    encodeTwice(encoder);
    assertEquals(0, encoder.takeEncoderStream().length);
  }

  @Test
  @Requirement({"RFC9204-3.2.3#1", "RFC9204-4.3.1#1"})
  void capacityIsTheLesserOfBothLimits() throws QpackException {
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(4096, 100));
    encoder.onPeerSettings(220, 100);
    encodeTwice(encoder);
    assertTrue(hex(encoder.takeEncoderStream()).startsWith("3fbd01c0"));
    encoder = new QpackEncoder(new EncoderLimits(220, 100));
    encoder.onPeerSettings(1L << 40, 100);
    encodeTwice(encoder);
    assertTrue(hex(encoder.takeEncoderStream()).startsWith("3fbd01c0"));
  }

  /** While the table is empty, and never again, whatever the peer's settings say later. */
  @Test
  @Requirement("RFC9204-4.3.1#3")
  void capacityIsSetBeforeAnythingCouldBeEvicted() throws QpackException {
    QpackEncoder encoder = encoder(0, 0);
    encoder.onPeerSettings(220, 100);
    encodeTwice(encoder);
    String first = hex(encoder.takeEncoderStream());
    assertTrue(first.startsWith("3fbd01"), first);
    long entries = encoder.table().insertCount();
    assertTrue(entries > 0);
    encoder.onPeerSettings(220, 0);
    encoder.onPeerSettings(220, 100);
    assertThrows(QpackException.class, () -> encoder.onPeerSettings(0, 100));
    FieldLine another = new FieldLine("another-name", "another value");
    encoder.encode(8, List.of(another));
    encoder.encode(12, List.of(another));
    String later = hex(encoder.takeEncoderStream());
    // An insertion with a literal name (§4.3.3), and no Set Dynamic Table Capacity before it.
    assertTrue(later.startsWith("6") || later.startsWith("4") || later.startsWith("7"), later);
    assertEquals(220, encoder.table().capacity());
  }

  @Test
  @Requirement("RFC9204-3.2.3#3")
  void rememberedCapacityMustNotChange() throws QpackException {
    QpackEncoder encoder = encoder(0, 0);
    encoder.onPeerSettings(1000, 0);
    encoder.onPeerSettings(1000, 100);
    QpackException error =
        assertThrows(QpackException.class, () -> encoder.onPeerSettings(2000, 100));
    assertEquals(QpackException.QPACK_DECODER_STREAM_ERROR, error.code());
  }

  @Test
  @Requirement("RFC9204-2.1.2#1")
  void noMoreStreamsAtRiskThanAllowed() throws QpackException {
    QpackEncoder encoder = encoder(4096, 2);
    for (int stream = 0; stream < 5; stream++) {
      byte[] section = encoder.encode(stream, List.of(AUTHORITY));
      assertEquals(stream < 2, section[0] != 0, "stream " + stream);
    }
    assertEquals(2, encoder.outstanding().blockableStreams());
    // A stream that is at risk already is at no more risk by another section.
    assertTrue(encoder.encode(1, List.of(AUTHORITY))[0] != 0);
    // A cancellation takes a stream out; another may take its place.
    decoderStream(encoder, "40");
    assertTrue(encoder.encode(5, List.of(AUTHORITY))[0] != 0);
    assertTrue(encoder.encode(6, List.of(AUTHORITY))[0] == 0);
    // Once the insertion is known to have arrived, there is no risk.
    decoderStream(encoder, "01");
    assertEquals(0, encoder.outstanding().blockableStreams());
    assertTrue(encoder.encode(6, List.of(AUTHORITY))[0] != 0);
  }

  @Test
  @Requirement({"RFC9204-2.1.1#1", "RFC9204-3.2.2#1"})
  void entriesInUseAreNotEvicted() throws QpackException {
    QpackEncoder encoder = encoder(64, 100); // room for one line of 57 bytes
    encoder.encode(0, List.of(AUTHORITY));
    encoder.takeEncoderStream();
    FieldLine other = new FieldLine(":authority", "www.example.org");
    // Neither unacknowledged nor, once acknowledged, referred to: only then does it go.
    encoder.encode(4, List.of(other));
    assertEquals(0, encoder.takeEncoderStream().length);
    decoderStream(encoder, "01");
    encoder.encode(8, List.of(other));
    assertEquals(0, encoder.takeEncoderStream().length);
    decoderStream(encoder, "80");
    encoder.encode(12, List.of(other));
    assertTrue(encoder.takeEncoderStream().length > 0);
    assertEquals(2, encoder.table().insertCount());
  }

  /** Not referred to, since no stream may block, but not acknowledged either. */
  @Test
  @Requirement("RFC9204-2.1.1#1")
  void unacknowledgedEntriesAreNotEvicted() throws QpackException {
    QpackEncoder encoder = encoder(64, 0);
    encoder.encode(0, List.of(AUTHORITY));
    assertTrue(encoder.takeEncoderStream().length > 0);
    FieldLine other = new FieldLine(":authority", "www.example.org");
    encoder.encode(4, List.of(other));
    assertEquals(0, encoder.takeEncoderStream().length);
    decoderStream(encoder, "01");
    encoder.encode(8, List.of(other));
    assertTrue(encoder.takeEncoderStream().length > 0);
  }

  @Test
  void entriesOfTheSameSectionAreNotEvictedEither() throws QpackException {
    QpackEncoder encoder = encoder(64, 100);
    encoder.encode(0, List.of(AUTHORITY));
    decoderStream(encoder, "80");
    encoder.takeEncoderStream();
    byte[] section = encoder.encode(4, List.of(AUTHORITY, new FieldLine("user-agent", "other")));
    assertEquals(0, encoder.takeEncoderStream().length);
    assertEquals("020080", hex(section).substring(0, 6));
  }

  @Test
  @Requirement("RFC9204-4.4.1#1")
  void acknowledgmentOfNothing() throws QpackException {
    assertDecoderStreamError(encoder(4096, 100), "80");
    QpackEncoder encoder = encoder(4096, 100);
    encoder.encode(0, List.of(AUTHORITY));
    encoder.encode(0, List.of(new FieldLine(":method", "GET"))); // nothing to acknowledge
    decoderStream(encoder, "80");
    assertDecoderStreamError(encoder, "80");
  }

  @Test
  void acknowledgmentsAreForTheEarliestSection() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    encoder.encode(0, List.of(AUTHORITY));
    encoder.encode(0, List.of(AUTHORITY, new FieldLine("user-agent", "x")));
    decoderStream(encoder, "80");
    assertEquals(1, encoder.table().knownReceived());
    assertEquals(1, encoder.outstanding().blockableStreams());
    decoderStream(encoder, "80");
    assertEquals(2, encoder.table().knownReceived());
    assertEquals(0, encoder.outstanding().blockableStreams());
  }

  @Test
  @Requirement("RFC9204-4.4.3#1")
  void incrementOfZeroOrTooMuch() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    assertDecoderStreamError(encoder, "01");
    encoder.encode(0, List.of(AUTHORITY));
    assertDecoderStreamError(encoder, "00");
    assertDecoderStreamError(encoder, "02");
    assertDecoderStreamError(encoder, "3f" + "ff".repeat(9) + "7f");
    decoderStream(encoder, "01");
    assertDecoderStreamError(encoder, "01");
  }

  @Test
  void instructionsMayBeCutAnywhere() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    long stream = 1_000_000;
    encoder.encode(stream, List.of(AUTHORITY));
    QpackWriter out = new QpackWriter(0);
    out.integer(0x80, 7, stream);
    for (byte b : out.take()) {
      assertEquals(0, encoder.table().knownReceived());
      encoder.onDecoderStream(new byte[] {b}, 0, 1);
    }
    assertEquals(1, encoder.table().knownReceived());
  }

  @Test
  @Requirement({"RFC9204-4.5.4#1", "RFC9204-4.5.4#2", "RFC9204-7.1.3#1", "RFC9204-7.1.3#2"})
  void sensitiveLinesStayLiteral() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    List<FieldLine> lines =
        List.of(
            new FieldLine("x-token", "1234", true),
            new FieldLine(":method", "GET", true), // even where the static table has it
            new FieldLine("authorization", "Basic abc"),
            new FieldLine("cookie", "a=b"));
    for (int i = 0; i < 3; i++) {
      byte[] section = encoder.encode(i, lines);
      assertEquals(0, encoder.takeEncoderStream().length);
      Decoded decoded = new QpackDecoder(0, 0, 1000).decode(i, section);
      List<FieldLine> back = assertInstanceOf(Decoded.Fields.class, decoded).lines();
      assertEquals(Qif.plain(lines), Qif.plain(back));
      assertTrue(back.stream().allMatch(FieldLine::sensitive));
    }
  }

  /** Their names may be in the table, from before the section (§4.5.4) or since (§4.5.5). */
  @Test
  @Requirement("RFC9204-4.5.4#1")
  void sensitiveLinesStayMarkedWithNamesOfTheTable() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    QpackDecoder decoder = new QpackDecoder(4096, 100, 1000);
    FieldLine common = new FieldLine("x-token", "of everybody");
    FieldLine secret = new FieldLine("x-token", "1234", true);
    encoder.encode(0, List.of(common));
    for (int stream : new int[] {4, 8}) {
      byte[] section = encoder.encode(stream, List.of(common, secret));
      byte[] instructions = encoder.takeEncoderStream();
      decoder.onEncoderStream(instructions, 0, instructions.length);
      assertEquals(8, section.length, "both lines refer to the table");
      assertEquals(new Decoded.Fields(List.of(common, secret)), decoder.decode(stream, section));
    }
  }

  @Test
  @Requirement("RFC9204-2.1.3#1")
  void instructionsKeepWithinTheCredit() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    encoder.onEncoderStreamCredit(20);
    encodeTwice(encoder);
    assertEquals(0, encoder.takeEncoderStream().length);
    encoder.onEncoderStreamCredit(100);
    encoder.encode(0, List.of(AUTHORITY));
    int first = encoder.takeEncoderStream().length;
    assertTrue(first > 0);
    for (int i = 0; i < 20; i++) {
      encoder.encode(0, List.of(new FieldLine(":authority", "host" + i)));
    }
    assertTrue(first + encoder.takeEncoderStream().length <= 100);
  }

  @Test
  void memoryForUnacknowledgedSectionsIsBounded() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    encoder.encode(0, List.of(AUTHORITY));
    decoderStream(encoder, "01");
    int referring = 0;
    for (int i = 0; i < 10_000; i++) {
      referring += encoder.encode(4, List.of(AUTHORITY))[0] == 0 ? 0 : 1;
    }
    assertTrue(referring > 1000 && referring < 5000, () -> "too many remembered");
    decoderStream(encoder, "44");
    assertTrue(encoder.encode(8, List.of(AUTHORITY))[0] != 0);
  }

  /** They overtake whatever else says that the peer reads no more of the stream. */
  @Test
  void whatFollowsACancellationHoldsNothing() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    encoder.encode(0, List.of(AUTHORITY));
    decoderStream(encoder, "80" + "44" + "48");
    assertEquals(0, encoder.encode(4, List.of(AUTHORITY))[0]);
    assertEquals(0, encoder.encode(8, List.of(AUTHORITY))[0]);
    assertTrue(encoder.encode(12, List.of(AUTHORITY))[0] != 0);
  }

  @Test
  void memoryForCancelledStreamsIsBounded() throws QpackException {
    QpackEncoder encoder = encoder(4096, 100);
    encoder.encode(0, List.of(AUTHORITY));
    decoderStream(encoder, "80");
    QpackWriter out = new QpackWriter(0);
    for (int stream = 4; stream <= 4000; stream += 4) {
      out.integer(0x40, 6, stream);
    }
    byte[] cancellations = out.take();
    encoder.onDecoderStream(cancellations, 0, cancellations.length);
    assertEquals(0, encoder.encode(4000, List.of(AUTHORITY))[0]);
    assertTrue(encoder.encode(4, List.of(AUTHORITY))[0] != 0);
  }

  @Test
  @Requirement("RFC9204-2.1#1")
  void entriesInUseAreRenewedBeforeTheyAreEvicted() throws QpackException {
    QpackEncoder encoder = encoder(256, 100);
    encoder.encode(0, List.of(AUTHORITY));
    for (int i = 1; i <= 3; i++) {
      encoder.encode(i, List.of(new FieldLine("user-agent", "agent-" + i)));
    }
    encoder.takeEncoderStream();
    decoderStream(encoder, "80" + "81" + "82" + "83");
    assertTrue(encoder.table().isDraining(0));
    // Duplicate, relative index 3; then the copy is referred to by post-Base index 0.
    assertEquals("068010", hex(encoder.encode(4, List.of(AUTHORITY))));
    assertEquals("03", hex(encoder.takeEncoderStream()));
  }

  @Test
  void charactersThatAreNoBytesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new FieldLine("a", "\u0100"));
    assertThrows(IllegalArgumentException.class, () -> new EncoderLimits(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new QpackDecoder(-1, 0, 0));
    assertEquals("cookie: (sensitive)", new FieldLine("cookie", "secret", true).toString());
  }

  private static void encodeTwice(QpackEncoder encoder) {
    encoder.encode(0, List.of(AUTHORITY));
    encoder.encode(4, List.of(AUTHORITY));
  }

  private static QpackEncoder encoder(int capacity, int blocked) throws QpackException {
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(1 << 20, 100));
    encoder.onPeerSettings(capacity, blocked);
    return encoder;
  }

  private static void decoderStream(QpackEncoder encoder, String hex) throws QpackException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    encoder.onDecoderStream(bytes, 0, bytes.length);
  }

  private static void assertDecoderStreamError(QpackEncoder encoder, String hex) {
    QpackException error = assertThrows(QpackException.class, () -> decoderStream(encoder, hex));
    assertEquals(QpackException.QPACK_DECODER_STREAM_ERROR, error.code());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
