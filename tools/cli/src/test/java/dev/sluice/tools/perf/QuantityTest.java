package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({"0,0", "512,512", "1k,1024", "64KB,65536", "100MiB,104857600", "4G,4294967296"})
  void readsSizes(String text, long bytes) {
    assertEquals(bytes, new Quantity.Bytes().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.5G", "4T", "G", "9223372036854775807K", "4 G"})
  void refusesOtherSizes(String text) {
    assertThrows(TypeConversionException.class, () -> new Quantity.Bytes().convert(text));
  }

  @Test
  void readsDurations() {
    assertEquals(Duration.ofMillis(500), new Quantity.Time().convert("500ms"));
    assertEquals(Duration.ofMillis(1500), new Quantity.Time().convert("1.5s"));
    assertEquals(Duration.ofMinutes(2), new Quantity.Time().convert("2m"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "-1s", "1h", "s", "999999999999999999m"})
  void refusesOtherDurations(String text) {
    assertThrows(TypeConversionException.class, () -> new Quantity.Time().convert(text));
  }
}
