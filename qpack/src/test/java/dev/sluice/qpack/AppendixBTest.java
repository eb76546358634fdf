package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dialogue of RFC 9204 Appendix B, as the decoder lives through it. */
class AppendixBTest {
  private final QpackDecoder decoder = new QpackDecoder(220, 100, 65536);

  @Test
  @Requirement("RFC9204-2.2.2.1#1")
  void dialogue() throws QpackException {
    // B.1: a literal with a static name
    assertEquals(fields(":path", "/index.html"), decode(0, "0000510b2f696e6465782e68746d6c"));
    assertEquals("", answer());

    // B.2: two insertions, and a section that refers to both by post-Base indices
    encoderStream("3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468");
    assertTable(106, ":authority=www.example.com", ":path=/sample/path");
    assertEquals(
        fields(":authority", "www.example.com", ":path", "/sample/path"), decode(4, "03811011"));
    assertEquals("84", answer());

    // B.3: an insertion that no section uses yet
    encoderStream("4a637573746f6d2d6b65790c637573746f6d2d76616c7565");
    assertTable(160, ":authority=www.example.com", ":path=/sample/path", "custom-key=custom-value");
    assertEquals("01", answer());

    // B.4: the section overtakes the Duplicate it needs, and its stream is cancelled
    assertEquals(new Decoded.Blocked(4), decode(8, "050080c181"));
    decoder.cancel(8);
    assertEquals("48", answer());
    encoderStream("02");
    assertNull(decoder.nextUnblocked());
    assertTable(
        217,
        ":authority=www.example.com",
        ":path=/sample/path",
        "custom-key=custom-value",
        ":authority=www.example.com");

    // B.5: an insertion that evicts the oldest entry
    encoderStream("810d637573746f6d2d76616c756532");
    assertTable(
        215,
        ":path=/sample/path",
        "custom-key=custom-value",
        ":authority=www.example.com",
        "custom-key=custom-value2");
    assertEquals("02", answer());
  }

  /** B.4 if the stream had not been cancelled. */
  @Test
  @Requirement("RFC9204-2.2.2.1#1")
  void delayedDuplicateUnblocks() throws QpackException {
    encoderStream(
        "3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468"
            + "4a637573746f6d2d6b65790c637573746f6d2d76616c7565");
    assertEquals(new Decoded.Blocked(4), decode(8, "050080c181"));
    assertNull(decoder.nextUnblocked());
    encoderStream("02");
    assertEquals(
        new Unblocked(
            8, fields(":authority", "www.example.com", ":path", "/", "custom-key", "custom-value")),
        decoder.nextUnblocked());
    assertNull(decoder.nextUnblocked());
    assertEquals("88", answer());
  }

  /** The encoder reads the same answers, and evicts only after them. */
  @Test
  void encoderUnderstandsTheAnswers() throws QpackException {
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(220, 100));
    encoder.onPeerSettings(220, 100);
    assertArrayEquals(
        HexFormat.of().parseHex("028010"),
        encoder.encode(4, List.of(new FieldLine(":authority", "www.example.com"))));
    assertEquals(
        "3fbd01c08cf1e3c2e5f23a6ba0ab90f4ff",
        HexFormat.of().formatHex(encoder.takeEncoderStream()));
    encoder.onDecoderStream(new byte[] {(byte) 0x84}, 0, 1);
    assertEquals(1, encoder.table().knownReceived());
    assertArrayEquals(
        HexFormat.of().parseHex("020080"),
        encoder.encode(8, List.of(new FieldLine(":authority", "www.example.com"))));
    encoder.onDecoderStream(new byte[] {0x48}, 0, 1);
    assertEquals(0, encoder.outstanding().blockableStreams());
  }

  private void encoderStream(String hex) throws QpackException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    decoder.onEncoderStream(bytes, 0, bytes.length);
  }

  private Decoded decode(long streamId, String hex) throws QpackException {
    return decoder.decode(streamId, HexFormat.of().parseHex(hex));
  }

  private String answer() {
    return HexFormat.of().formatHex(decoder.takeDecoderStream());
  }

  private static Decoded fields(String... namesAndValues) {
    List<FieldLine> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new FieldLine(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Decoded.Fields(lines);
  }

  private void assertTable(long size, String... entries) {
    DynamicTable table = decoder.table();
    assertEquals(size, table.size());
    List<String> actual = new ArrayList<>();
    for (long i = table.dropCount(); i < table.insertCount(); i++) {
      actual.add(table.get(i).name() + "=" + table.get(i).value());
    }
    assertEquals(List.of(entries), actual);
  }
}
