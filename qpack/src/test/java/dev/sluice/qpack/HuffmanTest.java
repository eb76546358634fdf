package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HuffmanTest {
  @Test
  void codeIsThatOfRfc7541AppendixB() throws IOException {
    List<String> rows =
        Files.readAllLines(SharedFiles.require("vectors/rfc/hpack-huffman.tsv")).stream()
            .filter(row -> !row.startsWith("#"))
            .toList();
    assertEquals(257, rows.size());
    for (String row : rows) {
      String[] parts = row.split("\t");
      int symbol = Integer.parseInt(parts[0]);
      assertEquals(Integer.parseInt(parts[1]), Huffman.codeLength(symbol), row);
      assertEquals(Integer.parseInt(parts[2], 16), Huffman.code(symbol), row);
    }
  }

  /** Strings of RFC 7541 Appendix C.4 and C.6. */
  @Test
  void examplesOfRfc7541() {
    assertCode("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff");
    assertCode("no-cache", "a8eb10649cbf");
    assertCode("custom-key", "25a849e95ba97d7f");
    assertCode("custom-value", "25a849e95bb8e8b4bf");
    assertCode("302", "6402");
    assertCode("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff");
  }

  private static void assertCode(String text, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(encode(text)));
    assertEquals(text, decode(HexFormat.of().parseHex(hex)));
  }

  @Test
  void everySymbolComesBackBesideEveryOther() {
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        String pair = "" + (char) a + (char) b;
        assertEquals(pair, decode(encode(pair)));
      }
    }
  }

  /** RFC 7541 §5.2: padding is shorter than a byte and all ones; EOS must not appear. */
  @Test
  void wrongPaddingAndEosAreErrors() {
    assertEquals("", decode(new byte[0]));
    assertEquals("a", decode(HexFormat.of().parseHex("1f")));
    for (String hex :
        List.of("1e", "18", "ff", "1fff", "3fffffff", "ffffffff", "fffffffffc", "00")) {
      boolean zero = hex.equals("00"); // "0" and three zero bits
      assertEquals(
          Huffman.MALFORMED, decodeLength(HexFormat.of().parseHex(hex)), () -> hex + " " + zero);
    }
  }

  @Property(tries = 500)
  void anyTextComesBack(@ForAll @Size(max = 300) byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] code = encode(text);
    assertEquals(Huffman.encodedLength(text), code.length);
    assertEquals(text, decode(code));
    if (bytes.length > 0) {
      byte[] out = new byte[bytes.length];
      assertEquals(Huffman.TOO_LONG, Huffman.decode(code, 0, code.length, out, bytes.length - 1));
    }
  }

  /** The code is one to one: what decodes is the very encoding of what comes out. */
  @Property(tries = 1000)
  void anyBytesDecodeOrAreMalformed(@ForAll @Size(max = 60) byte[] bytes) {
    int length = decodeLength(bytes);
    if (length >= 0) {
      assertTrue(Arrays.equals(bytes, encode(decode(bytes))));
    } else {
      assertEquals(Huffman.MALFORMED, length);
    }
  }

  private static byte[] encode(String text) {
    byte[] out = new byte[Huffman.encodedLength(text)];
    assertEquals(out.length, Huffman.encode(text, out, 0));
    return out;
  }

  private static int decodeLength(byte[] code) {
    int most = code.length * 8 / Huffman.SHORTEST_CODE;
    return Huffman.decode(code, 0, code.length, new byte[most], most);
  }

  private static String decode(byte[] code) {
    int most = code.length * 8 / Huffman.SHORTEST_CODE;
    byte[] out = new byte[most];
    int length = Huffman.decode(code, 0, code.length, out, most);
    assertTrue(length >= 0);
    return new String(out, 0, length, StandardCharsets.ISO_8859_1);
  }
}
