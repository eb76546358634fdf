package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.Requirement;
import java.util.HexFormat;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SectionPrefixTest {
  /** The two examples in the text of RFC 9204 §4.5.1.1 and §4.5.1.2. */
  @Test
  void examplesOfTheText() throws QpackException {
    assertEquals(new SectionPrefix(9, 6), read("0482", SectionPrefix.maxEntries(100), 10));
  }

  /** A decoder can be behind or ahead of the section by as many entries as the table can hold. */
  @Property(tries = 1000)
  void everyPrefixComesBack(
      @ForAll @LongRange(min = 1, max = 1L << 40) long required,
      @ForAll @LongRange(min = 1, max = 100) long maxEntries,
      @ForAll @IntRange(min = -100, max = 100) int ahead,
      @ForAll @LongRange(min = 0, max = 1L << 40) long base)
      throws QpackException {
    long insertCount = required + ahead;
    Assume.that(insertCount >= 0 && ahead >= -maxEntries && ahead < maxEntries);
    QpackWriter out = new QpackWriter(0);
    SectionPrefix prefix = new SectionPrefix(required, base);
    prefix.write(out, maxEntries);
    assertEquals(prefix, read(HexFormat.of().formatHex(out.take()), maxEntries, insertCount));
  }

  @Test
  @Requirement("RFC9204-4.5.1.1#1")
  void countsThatNoEncoderProducesAreErrors() {
    assertFails("0100", 0, 0, "above 0"); // no entry can exist
    assertFails("0700", 3, 10, "above 6"); // above the full range
    assertFails("0600", 3, 0, "above 3"); // more than the table can hold ahead of us
    assertFails("0100", 3, 0, "Count 0"); // zero, but encoded as if it were not
  }

  @Test
  @Requirement({"RFC9204-4.5.1.2#1", "RFC9204-4.5.1.2#2"})
  void negativeBaseIsAnError() throws QpackException {
    assertEquals(new SectionPrefix(2, 0), read("0381", 6, 2));
    assertFails("0382", 6, 2, "Base is negative");
    assertFails("0080", 6, 2, "Base is negative");
    assertFails("03ff8080808080808001", 6, 2, "Base is negative");
  }

  @Test
  void cutOffPrefixIsAnError() {
    assertFails("", 6, 2, "Required Insert Count is cut off");
    assertFails("ff", 600, 2, "Required Insert Count is cut off");
    assertFails("03", 6, 2, "Delta Base is cut off");
    assertFails("00ff", 6, 2, "Delta Base is cut off");
  }

  private static void assertFails(String hex, long maxEntries, long insertCount, String reason) {
    QpackException error =
        assertThrows(QpackException.class, () -> read(hex, maxEntries, insertCount));
    assertEquals(QpackException.QPACK_DECOMPRESSION_FAILED, error.code());
    assertEquals(true, error.getMessage().contains(reason), error.getMessage());
  }

  private static SectionPrefix read(String hex, long maxEntries, long insertCount)
      throws QpackException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    QpackReader in = new QpackReader();
    in.reset(bytes, 0, bytes.length);
    return SectionPrefix.read(in, maxEntries, insertCount);
  }
}
