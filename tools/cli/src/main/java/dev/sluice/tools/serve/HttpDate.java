package dev.sluice.tools.serve;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Dates in fields, to the second (RFC 9110 §5.6.7). */
final class HttpDate {
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

  /**
   * Two digits of a year mean the past half century or the coming one; files are not that old, so a
   * fixed window serves.
   */
  private static final DateTimeFormatter RFC850 =
      new DateTimeFormatterBuilder()
          .appendPattern("EEEE, dd-MMM-")
          .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
          .appendPattern(" HH:mm:ss 'GMT'")
          .toFormatter(Locale.US);

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);

  private static final List<DateTimeFormatter> READ = List.of(IMF_FIXDATE, RFC850, ASCTIME);

  private HttpDate() {}

  /** As it is sent, for example {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  static String format(Instant instant) {
    return IMF_FIXDATE.format(instant.atOffset(ZoneOffset.UTC));
  }

  /** Any of the three forms that a recipient has to accept; empty when it is none of them. */
  static Optional<Instant> parse(String text) {
    for (DateTimeFormatter format : READ) {
      try {
        return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
      } catch (DateTimeException notThisForm) {
        continue;
      }
    }
    return Optional.empty();
  }
}
