package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  /** The examples of RFC 9110 §14.1.2, for a representation of 10000 bytes. */
  @ParameterizedTest
  @CsvSource({
    "bytes=0-499, 0, 499",
    "bytes=500-999, 500, 999",
    "bytes=-500, 9500, 9999",
    "bytes=9500-, 9500, 9999",
    "bytes=9000-20000, 9000, 9999",
    "bytes=-20000, 0, 9999",
    "BYTES=7-7, 7, 7"
  })
  void one(String field, long first, long last) {
    assertEquals(Optional.of(List.of(new ByteRange(first, last))), ByteRange.parse(field, 10_000));
  }

  @Test
  void several() {
    assertEquals(
        Optional.of(
            List.of(new ByteRange(0, 0), new ByteRange(500, 600), new ByteRange(9999, 9999))),
        ByteRange.parse("bytes=0-0, 500-600 , -1", 10_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=99999-,20000-"})
  void unsatisfiable(String field) {
    assertEquals(Optional.of(List.of()), ByteRange.parse(field, 10_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "lines=1-2",
        "bytes=1-2-3",
        "bytes=0-5,3-8",
        "bytes=0-1,",
        "bytes=1-99999999999999999999",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32"
      })
  void ignored(String field) {
    assertEquals(Optional.empty(), ByteRange.parse(field, 10_000));
  }

  @Property(tries = 1000)
  void rangesLieWithin(
      @ForAll @CharRange(from = ',', to = '9') String specs,
      @ForAll @LongRange(min = 0, max = 1000) long size) {
    for (ByteRange range : ByteRange.parse("bytes=" + specs, size).orElse(List.of())) {
      assertTrue(range.first() >= 0 && range.length() > 0 && range.last() < size, specs);
    }
  }
}
