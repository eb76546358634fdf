package dev.sluice.tools.perf;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts as people write them. */
public final class Quantity {
  private static final Pattern BYTES = Pattern.compile("(\\d+)([KMG]?)(?:i?B)?");
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m)");

  /** Nanoseconds of thirty years: a time that begins now ends before a long does. */
  private static final double LONGEST = 1e18;

  private Quantity() {}

  /** {@code 4G}, {@code 100M}, {@code 512}: powers of 1024. */
  public static final class Bytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      Matcher matcher = BYTES.matcher(value.toUpperCase(Locale.ROOT).replace("IB", "B"));
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + value + "' is not a size such as 512, 64K or 4G");
      }
      int shift = " KMG".indexOf(matcher.group(2).isEmpty() ? ' ' : matcher.group(2).charAt(0));
      try {
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << 10 * shift);
      } catch (ArithmeticException | NumberFormatException e) {
        throw new TypeConversionException("'" + value + "' is too large");
      }
    }
  }

  /** {@code 10s}, {@code 500ms}, {@code 2m}. */
  public static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      Matcher matcher = DURATION.matcher(value);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + value + "' is not a duration such as 10s, 500ms or 2m");
      }
      double nanos =
          Double.parseDouble(matcher.group(1))
              * switch (matcher.group(2)) {
                case "ms" -> 1e6;
                case "s" -> 1e9;
                default -> 60e9;
              };
      if (nanos > LONGEST) {
        throw new TypeConversionException("'" + value + "' is too long");
      }
      return Duration.ofNanos((long) nanos);
    }
  }
}
