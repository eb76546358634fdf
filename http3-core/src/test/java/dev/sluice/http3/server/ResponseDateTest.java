package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import dev.sluice.qpack.FieldLine;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** RFC 9110 §6.6.1. */
class ResponseDateTest {
  private Instant now = Instant.parse("1994-11-06T08:49:37.123Z");
  private final ResponseDate date = new ResponseDate(() -> now);

  @Test
  void asItIsSent() {
    assertEquals(new FieldLine("date", "Sun, 06 Nov 1994 08:49:37 GMT"), date.get());
  }

  @Test
  void oneForEachSecond() {
    FieldLine first = date.get();
    now = Instant.parse("1994-11-06T08:49:37.999Z");
    assertSame(first, date.get());
    now = Instant.parse("1994-11-06T08:49:38.000Z");
    assertEquals("Sun, 06 Nov 1994 08:49:38 GMT", date.get().value());
    now = Instant.parse("1994-11-06T08:49:37.999Z"); // a clock that was set
    assertEquals(first, date.get());
  }

  @Test
  void aClockThatWasNeverSet() {
    now = Instant.EPOCH;
    assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", date.get().value());
    now = Instant.EPOCH.minusMillis(1);
    assertEquals("Wed, 31 Dec 1969 23:59:59 GMT", date.get().value());
  }

  @Test
  void ofAServer() throws Exception {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (Loopback loopback = Loopback.of(e -> e.respond(404, Fields.EMPTY, new byte[3]))) {
      HttpResponse<Void> response =
          loopback.client.send(loopback.request("/").build(), BodyHandlers.discarding());
      String said = response.headers().firstValue("date").orElseThrow();
      Instant date = ZonedDateTime.parse(said, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      assertFalse(date.isBefore(before) || date.isAfter(Instant.now()), said);
    }
  }
}
