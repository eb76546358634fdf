package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.testkit.Requirement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The order in which a server's bytes come over the wire, from live QUIC connections: as the
 * requests' priorities say (RFC 9218 §10).
 */
class SchedulingTest {
  /** All of it fits the send buffer, so that the order is the transport's alone. */
  private static final int LENGTH = 200_000;

  private final LivePair pair = new LivePair();
  private final Map<Long, Integer> arrived = new HashMap<>();
  private final Map<Long, Integer> left = new HashMap<>();

  /** What had arrived of every response when the last byte of one came. */
  private final Map<Long, Map<Long, Integer>> whenComplete = new HashMap<>();

  /** Asks for as many responses as there are priorities, in this order. */
  private List<RequestStream> ask(String... priorities) {
    return ask(List.of(), priorities);
  }

  /** The same; the server says something itself about the first ones. */
  private List<RequestStream> ask(List<String> serversViews, String... priorities) {
    for (String priority : priorities) {
      String[] field = priority == null ? new String[0] : new String[] {"priority", priority};
      pair.client.http.openRequest(Pair.post("/", field), true);
    }
    pair.run(50);
    for (Http3Event.Request request : pair.server.all(Http3Event.Request.class)) {
      int index = (int) (request.stream().id() / 4);
      Fields fields =
          index < serversViews.size()
              ? Fields.of("priority", serversViews.get(index))
              : Fields.EMPTY;
      request.stream().sendResponse(new ResponseHead(200, fields), false);
      left.put(request.stream().id(), LENGTH);
    }
    return pair.server.all(Http3Event.Request.class).stream()
        .map(Http3Event.Request::stream)
        .sorted(Comparator.comparingLong(RequestStream::id))
        .toList();
  }

  /** The server writes as much as there is room for, and the client reads what comes. */
  private void step() {
    byte[] buffer = new byte[LENGTH];
    for (Http3Event.Request request : pair.server.all(Http3Event.Request.class)) {
      RequestStream stream = request.stream();
      int due = left.get(stream.id());
      if (due > 0) {
        due -= stream.writeData(buffer, 0, due);
        left.put(stream.id(), due);
        if (due == 0) {
          stream.finish();
        }
      }
    }
    pair.run(1);
    for (Http3Event.Response response : pair.client.all(Http3Event.Response.class)) {
      RequestStream stream = response.stream();
      int read = stream.readData(buffer, 0, buffer.length);
      int total = arrived.merge(stream.id(), Math.max(0, read), Integer::sum);
      if (total == LENGTH) {
        whenComplete.putIfAbsent(stream.id(), Map.copyOf(arrived));
      }
    }
  }

  private void runUntilComplete(int responses) {
    for (int i = 0; whenComplete.size() < responses; i++) {
      assertTrue(i < 20_000, "only " + arrived);
      step();
    }
  }

  private double share(RequestStream of, RequestStream whenComplete) {
    return (double) this.whenComplete.get(whenComplete.id()).getOrDefault(of.id(), 0) / LENGTH;
  }

  @Test
  @Requirement("RFC9218-10#1")
  void theMoreUrgentComesFirst() {
    List<RequestStream> responses = ask("u=6", "u=1", null);
    runUntilComplete(3);
    assertTrue(share(responses.get(0), responses.get(1)) < 0.05, "u=6 before u=1");
    assertTrue(share(responses.get(2), responses.get(1)) < 0.05, "u=3 before u=1");
    assertTrue(share(responses.get(0), responses.get(2)) < 0.05, "u=6 before u=3");
    assertEquals(1.0, share(responses.get(1), responses.get(0)));
  }

  /** RFC 9218 §8: the urgency is the server's, and what it leaves out stays the client's. */
  @Test
  void whatTheResponseSaysAboutItselfCountsMore() {
    List<RequestStream> responses = ask(List.of("u=6", "u=1"), "u=1", "u=6, i", null);
    runUntilComplete(3);
    assertTrue(share(responses.get(0), responses.get(1)) < 0.05, "u=6 before u=1");
    assertTrue(share(responses.get(2), responses.get(1)) < 0.05, "u=3 before u=1");
    assertTrue(share(responses.get(0), responses.get(2)) < 0.05, "u=6 before u=3");
    assertEquals(new Priority(1, true), responses.get(1).priority());
  }

  @Test
  @Requirement("RFC9218-10#3")
  void oneAfterTheOtherInTheOrderOfRequests() {
    List<RequestStream> responses = ask("u=2", "u=2", "u=2");
    runUntilComplete(3);
    assertTrue(share(responses.get(1), responses.get(0)) < 0.05);
    assertTrue(share(responses.get(2), responses.get(1)) < 0.05);
  }

  @Test
  @Requirement({"RFC9218-10#2", "RFC9218-10#4"})
  void incrementalOnesShare() {
    List<RequestStream> responses = ask("u=2, i", "u=2, i");
    runUntilComplete(2);
    assertTrue(share(responses.get(1), responses.get(0)) > 0.8);
    assertTrue(share(responses.get(0), responses.get(1)) > 0.8);
  }

  /** GOAWAY, or what QPACK inserts for a more urgent response, is not to wait for its end. */
  @Test
  void theConnectionsOwnStreamsDoNotWaitForContent() {
    pair.toClient.rate(10_000_000).queue(50_000);
    RequestStream endless = ask("u=0").getFirst();
    byte[] content = new byte[LENGTH];
    endless.writeData(content, 0, LENGTH);
    pair.server.http.goaway();
    for (int i = 0; i < 200 && pair.client.all(Http3Event.Goaway.class).isEmpty(); i++) {
      endless.writeData(content, 0, LENGTH);
      pair.run(1);
      for (Http3Event.Response response : pair.client.all(Http3Event.Response.class)) {
        response.stream().readData(content, 0, LENGTH);
      }
    }
    assertEquals(4, pair.client.event(Http3Event.Goaway.class).id());
  }

  @Test
  @Requirement({"RFC9218-7#3", "RFC9218-7.2#1"})
  void anUpdateInTheMiddleTurnsTheOrder() {
    List<RequestStream> responses = ask("u=1", "u=5");
    while (arrived.getOrDefault(responses.get(0).id(), 0) < LENGTH / 4) {
      step();
    }
    pair.client.http.request(responses.get(1).id()).setPriority(new Priority(0, false));
    runUntilComplete(2);
    double first = share(responses.get(0), responses.get(1));
    assertTrue(first > 0.2 && first < 0.8, "it was " + first);
  }
}
