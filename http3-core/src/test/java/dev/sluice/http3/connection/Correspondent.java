package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.ending.ConnectionEnding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An application at one end of a connection: it asks or answers, reads what the other end says now
 * or much later, and remembers both.
 */
final class Correspondent {
  /** What it has heard in one exchange. */
  static final class Heard {
    final RequestStream stream;
    int interim;
    boolean head;
    int content;
    boolean trailers;
    RequestEnding ending;
    boolean closed;

    Heard(RequestStream stream) {
      this.stream = stream;
    }
  }

  private final boolean client;
  private final SplittableRandom random;

  /** Does something at another time. */
  private final Consumer<Runnable> later;

  /** Whether it never breaks off what it began. */
  private final boolean patient;

  /** What comes at its end of the connection. */
  final Arrivals arrivals = new Arrivals();

  final Map<Long, Heard> heard = new LinkedHashMap<>();
  final Map<Long, SaidMessage> said = new LinkedHashMap<>();
  private final Map<Long, Long> abandoned = new HashMap<>();

  /** Server: what it turned away itself, after it had heard of it. */
  private final Set<Long> rejected = new HashSet<>();

  Correspondent(
      boolean client, SplittableRandom random, Consumer<Runnable> later, boolean patient) {
    this.client = client;
    this.random = random;
    this.later = later;
    this.patient = patient;
  }

  // What it does

  /**
   * Client: asks for something.
   *
   * @return false when the server has to allow more first
   */
  boolean ask(Http3Connection http) {
    SaidMessage.Plan plan = SaidMessage.Plan.any(random, patient);
    String method = random.nextBoolean() ? "POST" : "GET";
    RequestHead head =
        RequestHead.of(method, "https", "example.com", "/", plan.fields(4L * heard.size()));
    RequestStream stream = http.openRequest(head, false);
    if (stream == null) {
      return false;
    }
    heard.put(stream.id(), new Heard(stream));
    say(stream, plan);
    return true;
  }

  private void answer(RequestStream stream) {
    for (int i = random.nextInt(3); i > 0; i--) {
      stream.sendInformational(
          new ResponseHead(103, Fields.of(SaidMessage.MARK, "m" + stream.id())));
    }
    SaidMessage.Plan plan = SaidMessage.Plan.any(random, patient);
    stream.sendResponse(new ResponseHead(200, plan.fields(stream.id())), false);
    say(stream, plan);
  }

  private void say(RequestStream stream, SaidMessage.Plan plan) {
    SaidMessage one = new SaidMessage(stream, client, plan);
    said.put(stream.id(), one);
    one.write();
  }

  /** Breaks something off. */
  void act() {
    List<Heard> all = List.copyOf(heard.values());
    if (patient || all.isEmpty()) {
      return;
    }
    Heard one = all.get(random.nextInt(all.size()));
    RequestStream stream = one.stream;
    switch (random.nextInt(4)) {
      case 0 -> stopReading(one, Http3Error.H3_NO_ERROR);
      case 1 -> {
        if (said.containsKey(stream.id())) {
          said.get(stream.id()).reset(Http3Error.H3_REQUEST_CANCELLED);
        }
      }
      case 2 -> cancel(one, Http3Error.H3_REQUEST_CANCELLED);
      default -> {
        if (!client && !said.containsKey(stream.id())) {
          rejected.add(stream.id());
          cancel(one, Http3Error.H3_REQUEST_REJECTED);
        }
      }
    }
  }

  private void stopReading(Heard one, Http3Error error) {
    if (one.stream.ending() == null) {
      abandoned.put(one.stream.id(), error.code());
    }
    one.stream.stopReading(error);
  }

  private void cancel(Heard one, Http3Error error) {
    RequestStream stream = one.stream;
    // Where it has said nothing yet, breaking off is all that it says.
    said.computeIfAbsent(
            stream.id(),
            id ->
                new SaidMessage(
                    stream, client, new SaidMessage.Plan(0, false, SaidMessage.Fate.LEAVE)))
        .reset(error);
    stopReading(one, error);
  }

  // What it is told

  void on(Http3Event event) {
    switch (event) {
      case Http3Event.Request(RequestStream stream, RequestHead head) -> {
        Heard one = new Heard(stream);
        assertNull(heard.put(stream.id(), one), "the same request twice");
        onHead(one, head.fields());
        onRequest(stream);
      }
      case Http3Event.Informational(RequestStream stream, ResponseHead head) -> {
        Heard one = alive(stream);
        assertFalse(one.head, "an interim response behind the final one");
        one.interim++;
        assertMark(stream, head.fields());
      }
      case Http3Event.Response(RequestStream stream, ResponseHead head) ->
          onHead(alive(stream), head.fields());
      case Http3Event.Readable(RequestStream stream) -> {
        if (random.nextInt(3) == 0) {
          later.accept(() -> read(heard.get(stream.id())));
        } else {
          read(alive(stream));
        }
      }
      case Http3Event.Trailers(RequestStream stream, Fields fields) -> {
        Heard one = alive(stream);
        assertFalse(one.trailers, "trailers twice");
        one.trailers = true;
        assertMark(stream, fields);
      }
      case Http3Event.RequestEnded(RequestStream stream, RequestEnding how) -> {
        alive(stream).ending = how;
        assertEquals(how, stream.ending());
      }
      case Http3Event.Writable(RequestStream stream) -> said.get(stream.id()).write();
      case Http3Event.Closed(RequestStream stream) -> heard.get(stream.id()).closed = true;
      case Http3Event.Claimed claimed -> throw new AssertionError(claimed);
      default -> {}
    }
  }

  private void onRequest(RequestStream stream) {
    if (random.nextInt(3) == 0) {
      later.accept(
          () -> {
            if (!said.containsKey(stream.id())) {
              answer(stream);
            }
          });
    } else {
      answer(stream);
    }
  }

  private Heard alive(RequestStream stream) {
    Heard one = heard.get(stream.id());
    assertNull(one.ending, "an event behind the end");
    return one;
  }

  private void onHead(Heard one, Fields fields) {
    assertFalse(one.head, "two heads");
    one.head = true;
    assertMark(one.stream, fields);
  }

  private static void assertMark(RequestStream stream, Fields fields) {
    assertEquals("m" + stream.id(), fields.first(SaidMessage.MARK));
  }

  private void read(Heard one) {
    byte[] buffer = new byte[1 + random.nextInt(3_000)];
    while (true) {
      int length = one.stream.readData(buffer, 0, buffer.length);
      if (length <= 0) {
        return;
      }
      assertNull(one.ending, "content behind the end");
      assertFalse(one.trailers, "content behind trailers");
      for (int i = 0; i < length; i++) {
        assertEquals(
            SaidMessage.at(one.stream.id(), !client, one.content + i),
            buffer[i],
            "byte " + (one.content + i));
      }
      one.content += length;
    }
  }

  // What it has to have heard in the end

  /** Takes what is left. */
  void hearOut() {
    heard.values().forEach(this::read);
  }

  /** Whether all that it says has arrived, and all that it is told was heard. */
  boolean isDone() {
    return heard.values().stream().allMatch(one -> one.closed && one.ending != null);
  }

  /** Holds all that it heard against what the other end said, and what had arrived. */
  void assertHeard(Correspondent other, ConnectionEnding end, boolean sectionsNeverWait) {
    for (Heard one : heard.values()) {
      long id = one.stream.id();
      SaidMessage theirs = other.said.get(id);
      String about =
          (client ? "client" : "server") + " heard of " + theirs + ", " + id + ": " + one.ending;
      assertTrue(one.content <= (theirs == null ? 0 : theirs.written), about);
      assertNotNull(one.ending, about);
      switch (one.ending) {
        case RequestEnding.Complete() -> {
          assertEquals(theirs.written, one.content, about);
          assertEquals(0, theirs.left, about);
          assertTrue(theirs.finished || theirs.declared, about);
          assertTrue(theirs.trailers || !one.trailers, about);
        }
        case RequestEnding.ResetByPeer(long code, boolean afterHead) -> {
          assertEquals(one.head, afterHead, about);
          assertTrue(isBrokenOff(theirs, code, other.heard.get(id)), about);
        }
        case RequestEnding.Abandoned(long code) -> assertEquals(abandoned.get(id), code, about);
        case RequestEnding.ConnectionLost(ConnectionEnding cause, boolean afterHead) -> {
          assertEquals(end, cause, about);
          assertEquals(one.head, afterHead, about);
          assertAllArrived(one, sectionsNeverWait, about);
        }
        case RequestEnding.NotSent _,
            RequestEnding.NotCoveredByGoaway _,
            RequestEnding.Rejected _ ->
            // Whoever is told that nothing came of it may ask again, whatever it was.
            assertTrue(!other.heard.containsKey(id) || other.rejected.contains(id), about);
        case RequestEnding.StreamError error -> throw new AssertionError(about);
      }
    }
  }

  private static boolean isBrokenOff(SaidMessage theirs, long code, Heard atOther) {
    return theirs == null
        // A request that was cut before its head arrived whole.
        ? atOther == null && code == Http3Error.H3_REQUEST_INCOMPLETE.code()
        : theirs.codes.contains(code);
  }

  /** The connection ended first: then all that came of it was heard. */
  private void assertAllArrived(Heard one, boolean sectionsNeverWait, String about) {
    Arrivals.Message arrived = arrivals.message(one.stream.id());
    if (one.head) {
      assertEquals(arrived.content(), one.content, about);
    }
    if (sectionsNeverWait) {
      int sections = one.interim + (one.head ? 1 : 0) + (one.trailers ? 1 : 0);
      assertEquals(arrived.sections(), sections, about);
      assertFalse(arrived.whole(), about);
    }
  }
}
