package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.qpack.FieldLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 §6.6.1. */
class DatedResponsesTest {
  private static final FieldLine NOW = new FieldLine("date", "Sun, 06 Nov 1994 08:49:37 GMT");

  /** What the client gets of this response. */
  private static Fields received(Pair pair, ResponseHead response) {
    pair.server.dateResponses(() -> NOW);
    pair.run().client.openRequest(Pair.get("/"), true);
    pair.run().request().sendResponse(response, true);
    return pair.run().clientEvent(Http3Event.Response.class).head().fields();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304, 404, 500})
  void everyFinalResponseIsDated(int status) {
    Fields fields = received(new Pair(), new ResponseHead(status, Fields.of("server", "x")));
    assertEquals(Fields.of("server", "x", "date", NOW.value()), fields);
  }

  @Test
  void anOwnDateStands() {
    Fields own = Fields.of("Date", "Mon, 07 Nov 1994 08:49:37 GMT");
    assertEquals(own, received(new Pair(), new ResponseHead(200, own)));
  }

  @Test
  void whatIsAnsweredForNobody() {
    Pair pair = new Pair(Http3Config.DEFAULT, Http3Config.DEFAULT.withMaxFieldSectionSize(100));
    pair.server.dateResponses(() -> NOW);
    pair.client.openRequest(Pair.get("/"), true); // before it knows the limit
    ResponseHead head = pair.run().clientEvent(Http3Event.Response.class).head();
    assertEquals(431, head.status());
    assertEquals(NOW.value(), head.fields().first("date"));
  }

  @Test
  void anInterimResponseNeedsNone() {
    Pair pair = new Pair();
    pair.server.dateResponses(() -> NOW);
    pair.run().client.openRequest(Pair.get("/"), true);
    pair.run().request().sendInformational(new ResponseHead(103, Fields.EMPTY));
    assertEquals(
        Fields.EMPTY, pair.run().clientEvent(Http3Event.Informational.class).head().fields());
  }

  /** ":status: 200" counts as 42 bytes, the other field as 100, the date as 65. */
  @ParameterizedTest
  @CsvSource({"207, 1", "206, 0"})
  void noDateIsWorthTheResponse(int most, int dates) {
    Pair pair = new Pair(Http3Config.DEFAULT.withMaxFieldSectionSize(most), Http3Config.DEFAULT);
    Fields fields = received(pair, new ResponseHead(200, Fields.of("x", "y".repeat(67))));
    assertEquals(dates, fields.all("date").size());
  }
}
