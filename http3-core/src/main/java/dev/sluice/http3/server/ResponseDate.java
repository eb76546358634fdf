package dev.sluice.http3.server;

import dev.sluice.qpack.FieldLine;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The Date field of responses (RFC 9110 §6.6.1). It says the second, so that all responses of a
 * second share one. For one thread.
 */
final class ResponseDate implements Supplier<FieldLine> {

  /** RFC 9110 §5.6.7. */
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private FieldLine line;
  private long second;

  ResponseDate(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public FieldLine get() {
    long now = Math.floorDiv(clock.millis(), 1000);
    if (line == null || now != second) {
      second = now;
      line = new FieldLine("date", IMF_FIXDATE.format(Instant.ofEpochSecond(now)));
    }
    return line;
  }
}
