package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.http3.datagram.HttpDatagrams;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.qlog.QlogTrace;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.testkit.qlog.QlogSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Both sides' logs of requests and all that goes with them, on a network of 10 ms. */
class Http3QlogTest {
  private static final int CONTENT = 40_000;

  private final QlogSchema schema = QlogSchema.require();
  private final QlogRecords client = new QlogRecords();
  private final QlogRecords server = new QlogRecords();
  private final LivePair pair =
      new LivePair(
          new Simulation(1),
          Http3Config.DEFAULT
              .withConnectProtocol(true)
              .withAdditionalSettings(Map.of(Http3Settings.H3_DATAGRAM, 1L)),
          new QlogTrace(client::add, Instant.EPOCH),
          new QlogTrace(server::add, Instant.EPOCH));

  private void exchange() {
    Fields asked = Fields.of("authorization", "Basic aGlkZGVu", "priority", "u=1");
    RequestStream request =
        pair.client.http.openRequest(
            RequestHead.of("POST", "https", "localhost", "/hidden", asked), false);
    request.writeData(new byte[CONTENT], 0, CONTENT);
    request.finish();
    pair.run(200);
    RequestStream answer = pair.server.event(Http3Event.Request.class).stream();
    byte[] all = new byte[CONTENT];
    for (int got = 0; got < CONTENT; got += Math.max(0, answer.readData(all, got, CONTENT - got))) {
      pair.run(50);
    }
    answer.sendInformational(new ResponseHead(103, Fields.of("link", "</hidden>")));
    answer.sendResponse(new ResponseHead(200, Fields.of("content-type", "text/plain")), false);
    answer.writeData(all, 0, 1_000);
    answer.sendTrailers(Fields.of("digest", "hidden"));
    request.setPriority(new Priority(6, true));
    pair.run(200);
    while (request.readData(all, 0, CONTENT) > 0) {
      pair.run(50);
    }
    pair.run(200);
  }

  private static List<String> frames(QlogRecords records, String event, long stream) {
    return records
        .data("http3:" + event)
        .filter(data -> data.get("stream_id").asLong() == stream)
        .map(data -> data.at("/frame/frame_type").asText())
        .toList();
  }

  private static long content(QlogRecords records, String event) {
    return records
        .data("http3:" + event)
        .map(data -> data.get("frame"))
        .filter(frame -> frame.get("frame_type").asText().equals("data"))
        .mapToLong(frame -> frame.at("/raw/payload_length").asLong())
        .sum();
  }

  private static Stream<String> values(QlogRecords records, String event, String pointer) {
    return records.data("http3:" + event).map(data -> data.at(pointer).asText());
  }

  private void assertValid() {
    assertEquals(List.of(), schema.faults(client));
    assertEquals(List.of(), schema.faults(server));
  }

  @Test
  void anExchange() {
    exchange();
    assertValid();
    assertEquals(
        frames(client, "frame_created", 0), frames(server, "frame_parsed", 0), "the request");
    assertEquals(
        frames(server, "frame_created", 0), frames(client, "frame_parsed", 0), "the response");
    assertEquals("headers", frames(client, "frame_created", 0).getFirst());
    assertEquals(
        List.of("headers", "headers", "data", "headers"), frames(server, "frame_created", 0));
    assertEquals(CONTENT, content(client, "frame_created"));
    assertEquals(CONTENT, content(server, "frame_parsed"));
    assertEquals(1_000, content(client, "frame_parsed"));
  }

  @Test
  void nobodyIsGivenAway() {
    exchange();
    String all = client.events() + "" + server.events();
    assertFalse(all.contains("hidden") || all.contains("aGlkZGVu"), all);
    assertTrue(all.contains("authorization"), "that there was one");
  }

  @Test
  void settingsOfBothSides() {
    assertValid();
    for (QlogRecords records : List.of(client, server)) {
      List<JsonNode> set = records.data("http3:parameters_set").toList();
      assertEquals(2, set.size());
      assertEquals(1, set.getFirst().get("h3_datagram").asInt());
      assertEquals("local", set.getFirst().get("initiator").asText());
      assertEquals("remote", set.getLast().get("initiator").asText());
    }
    assertEquals(
        client.data("http3:parameters_set").findFirst().orElseThrow().get("extended_connect"),
        server.data("http3:parameters_set").toList().getLast().get("extended_connect"));
    assertEquals(
        client.data("http3:frame_created").findFirst().orElseThrow().at("/frame/settings"),
        server.data("http3:frame_parsed").findFirst().orElseThrow().at("/frame/settings"));
  }

  @Test
  void streamsOfBothSides() {
    exchange();
    List<String> types = List.of("control", "qpack_encode", "qpack_decode", "reserved", "request");
    for (QlogRecords records : List.of(client, server)) {
      List<String> seen = values(records, "stream_type_set", "/stream_type").sorted().toList();
      for (String type : types) {
        long each = type.equals("request") ? 1 : 2;
        assertEquals(each, seen.stream().filter(type::equals).count(), type + " in " + seen);
      }
    }
  }

  @Test
  void priorities() {
    exchange();
    assertEquals(List.of("u=1", "u=6, i"), values(server, "priority_updated", "/new").toList());
    assertTrue(frames(client, "frame_created", 2).contains("priority_update"));
    assertTrue(frames(server, "frame_parsed", 2).contains("priority_update"));
  }

  @Test
  void datagramsAndTheirEnd() {
    HttpDatagrams out = new HttpDatagrams(pair.client.http, 4);
    HttpDatagrams in = new HttpDatagrams(pair.server.http, 4);
    assertTrue(out.send(out.openFlow(4, Duration.ZERO), 0, new byte[9], 0, 9));
    pair.run(100);
    for (Http3Event event : pair.server.events) {
      if (event instanceof Http3Event.Transport(QuicEvent.DatagramReceived(byte[] data))) {
        in.onDatagram(data, 0);
      }
    }
    pair.server.http.goaway();
    pair.run(100);
    pair.client.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run(10_000);
    assertValid();
    for (Stream<String> lengths :
        List.of(
            values(client, "datagram_created", "/raw/payload_length"),
            values(server, "datagram_parsed", "/raw/payload_length"))) {
      assertEquals(List.of("9"), lengths.toList());
    }
    assertTrue(frames(client, "frame_parsed", 3).contains("goaway"));
    JsonNode closed = server.data("quic:connection_closed").findFirst().orElseThrow();
    assertEquals("unknown", closed.get("application_error").asText(), "of a protocol called test");
  }
}
