package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.testkit.Requirement;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Prefixed integers and string literals (RFC 9204 §4.1). */
class PrimitivesTest {
  private static final long LARGEST = (1L << 62) - 1;

  /** RFC 7541 Appendix C.1. */
  @Test
  void integersOfRfc7541() {
    assertInteger(10, 5, "0a");
    assertInteger(1337, 5, "1f9a0a");
    assertInteger(42, 8, "2a");
  }

  private static void assertInteger(long value, int prefix, String hex) {
    QpackWriter out = new QpackWriter(0);
    out.integer(0, prefix, value);
    assertEquals(hex, HexFormat.of().formatHex(out.take()));
    assertEquals(value, reader(HexFormat.of().parseHex(hex)).integer(prefix));
  }

  @Property(tries = 1000)
  @Requirement("RFC9204-4.1.1#1")
  void everyIntegerOf62BitsComesBack(
      @ForAll @LongRange(min = 0, max = LARGEST) long value,
      @ForAll @IntRange(min = 1, max = 8) int prefix) {
    QpackWriter out = new QpackWriter(0);
    out.integer(0, prefix, value);
    byte[] bytes = out.take();
    assertTrue(bytes.length <= QpackWriter.LONGEST_INTEGER);
    QpackReader in = reader(bytes);
    assertEquals(value, in.integer(prefix));
    assertEquals(bytes.length, in.position());
    for (int cut = 0; cut < bytes.length; cut++) {
      in.reset(bytes, 0, cut);
      assertEquals(-1, in.integer(prefix));
      assertEquals(QpackReader.Failure.INCOMPLETE, in.failure());
    }
  }

  @Test
  @Requirement("RFC9204-4.1.1#1")
  void largestIntegerIsReadAndTheNextIsNot() {
    QpackWriter out = new QpackWriter(0);
    out.integer(0, 8, LARGEST);
    assertEquals(LARGEST, reader(out.take()).integer(8));
    out.integer(0, 8, LARGEST + 1);
    QpackReader in = reader(out.take());
    assertEquals(-1, in.integer(8));
    assertEquals(QpackReader.Failure.INTEGER_TOO_LARGE, in.failure());
  }

  /** RFC 9204 §7.4: long encodings of small values need a limit too. */
  @Test
  void paddedIntegersAreReadWithinBounds() {
    assertEquals(31, reader(HexFormat.of().parseHex("1f8080808000")).integer(5));
    QpackReader in = reader(HexFormat.of().parseHex("1f" + "80".repeat(20) + "00"));
    assertEquals(-1, in.integer(5));
    assertEquals(QpackReader.Failure.INTEGER_TOO_LARGE, in.failure());
  }

  @Property(tries = 500)
  void everyStringComesBack(
      @ForAll @Size(max = 400) byte[] bytes, @ForAll @IntRange(min = 2, max = 8) int prefix) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    QpackWriter out = new QpackWriter(0);
    out.string(0, prefix, text);
    byte[] literal = out.take();
    QpackReader in = reader(literal);
    assertEquals(text, in.string(prefix, text.length()));
    assertEquals(literal.length, in.position());
    if (!text.isEmpty()) {
      in.position(0);
      assertNull(in.string(prefix, text.length() - 1));
      assertEquals(QpackReader.Failure.STRING_TOO_LONG, in.failure());
      in.reset(literal, 0, literal.length - 1);
      assertNull(in.string(prefix, text.length()));
      assertEquals(QpackReader.Failure.INCOMPLETE, in.failure());
      assertTrue(in.needed() <= literal.length);
    }
  }

  @Test
  void aLengthBeyondTheLimitIsRefusedBeforeTheStringArrives() {
    QpackReader in = reader(HexFormat.of().parseHex("7f" + "ff".repeat(7) + "7f"));
    assertNull(in.string(8, 100));
    assertEquals(QpackReader.Failure.STRING_TOO_LONG, in.failure());
    in = reader(HexFormat.of().parseHex("ff" + "ff".repeat(7) + "7f"));
    assertNull(in.string(8, 100));
    assertEquals(QpackReader.Failure.STRING_TOO_LONG, in.failure());
  }

  private static QpackReader reader(byte[] bytes) {
    QpackReader in = new QpackReader();
    in.reset(bytes, 0, bytes.length);
    return in;
  }

  /** Three belong to each connection, also to one that is idle. */
  @Test
  void aReaderThatHasReadNothingIsSmall() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    QpackReader[] readers = new QpackReader[1000];
    readers[0] = new QpackReader();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 1; i < readers.length; i++) {
      readers[i] = new QpackReader();
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / readers.length;
    assertTrue(each < 128, each + " bytes");
  }
}
