package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Arrivals;
import dev.sluice.http3.message.Fields;
import dev.sluice.quic.ending.ConnectionEnding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An application at one end of a connection: it says things in its sessions, reads what the other
 * end says now or much later, and remembers both.
 */
final class Talker {
  private static final int DATAGRAM = 20;

  /** Streams of which the other end has to allow more. */
  private record Kind(WebTransportSession session, boolean bidirectional) {}

  final boolean client;
  private final SplittableRandom random;

  /** Does something at another time. */
  private final Consumer<Runnable> later;

  /** Whether it never breaks off what it began. */
  private final boolean patient;

  /** What comes at its end of the connection. */
  final Arrivals arrivals = new Arrivals();

  /** Bytes of each stream that had arrived when its session ended. */
  private final Map<Long, Integer> atEnd = new HashMap<>();

  final List<WebTransportSession> sessions = new ArrayList<>();
  final Map<WebTransportSession, SessionEnding> endings = new LinkedHashMap<>();
  final Set<WebTransportSession> established = new HashSet<>();
  final Set<WebTransportSession> draining = new HashSet<>();
  final Set<WebTransportSession> drained = new HashSet<>();
  final Map<Long, Said> said = new LinkedHashMap<>();
  final Map<Long, SessionStream> heard = new LinkedHashMap<>();
  private final Map<Kind, Integer> waiting = new HashMap<>();
  private final Map<Long, Integer> read = new HashMap<>();
  private final Map<Long, Long> stopped = new HashMap<>();
  final Map<Long, Set<String>> datagramsSent = new HashMap<>();
  private final Map<Long, Set<String>> datagramsHeard = new HashMap<>();

  Talker(boolean client, SplittableRandom random, Consumer<Runnable> later, boolean patient) {
    this.client = client;
    this.random = random;
    this.later = later;
    this.patient = patient;
  }

  // What it does

  /** Something to say in one of its sessions, whichever. */
  void act() {
    if (sessions.isEmpty()) {
      return;
    }
    WebTransportSession session = sessions.get(random.nextInt(sessions.size()));
    switch (random.nextInt(patient ? 8 : 12)) {
      case 0, 1, 2, 3 -> open(session, true);
      case 4, 5 -> open(session, false);
      case 6 -> sendDatagram(session);
      case 7 -> drain(session);
      case 8 -> breakOff();
      case 9 -> stopSomething();
      case 10 -> session.close(random.nextInt(1000), "enough");
      default -> {}
    }
  }

  private void open(WebTransportSession session, boolean bidirectional) {
    SessionStream stream = bidirectional ? session.openBidi() : session.openUni();
    if (stream == null && session.ending() == null) {
      waiting.merge(new Kind(session, bidirectional), 1, Integer::sum);
    } else if (stream != null) {
      if (bidirectional) {
        heard.put(stream.id(), stream);
      }
      say(stream);
    }
  }

  private void openWaiting(Kind kind) {
    Integer count = waiting.remove(kind);
    for (int i = count == null ? 0 : count; i > 0; i--) {
      open(kind.session(), kind.bidirectional());
    }
  }

  private void say(SessionStream stream) {
    Said.Fate fate =
        patient ? Said.Fate.FINISH : Said.Fate.values()[random.nextInt(Said.Fate.values().length)];
    int length = random.nextInt(random.nextInt(4) == 0 ? 40_000 : 2_000);
    Said one = new Said(stream, client, length, fate);
    said.put(stream.id(), one);
    one.write();
  }

  private void sendDatagram(WebTransportSession session) {
    Set<String> sent = datagramsSent.computeIfAbsent(session.id(), id -> new HashSet<>());
    String text = session.id() + " " + sent.size() + " ".repeat(random.nextInt(DATAGRAM));
    if (session.sendDatagram(WtPair.bytes(text), 0, text.length())) {
      sent.add(text);
    }
  }

  private void drain(WebTransportSession session) {
    if (session.isOpen()) {
      session.drain();
      drained.add(session);
    }
  }

  private void breakOff() {
    List<Said> all = List.copyOf(said.values());
    if (!all.isEmpty()) {
      all.get(random.nextInt(all.size())).reset(random.nextInt(1000));
    }
  }

  private void stopSomething() {
    List<SessionStream> all = List.copyOf(heard.values());
    if (!all.isEmpty()) {
      SessionStream stream = all.get(random.nextInt(all.size()));
      if (stream.receiving().ending() == null) {
        stopped.put(stream.id(), 5L);
        stream.receiving().stop(5);
      }
    }
  }

  // What it is told

  void on(WebTransportEvent event) {
    switch (event) {
      case WebTransportEvent.Settled settled -> {}
      case WebTransportEvent.Requested(WebTransportSession session) -> {
        sessions.add(session);
        if (!patient && random.nextInt(8) == 0) {
          session.reject(403, Fields.EMPTY);
        } else {
          session.accept(null, Fields.EMPTY);
          established.add(session);
        }
      }
      case WebTransportEvent.Established(WebTransportSession session) -> {
        assertAlive(session);
        assertTrue(established.add(session), "established twice");
      }
      case WebTransportEvent.Opened(SessionStream stream) -> {
        assertAlive(stream.session());
        assertNull(heard.put(stream.id(), stream), "opened twice");
        if (stream.isBidirectional()) {
          say(stream);
        }
      }
      case WebTransportEvent.Readable(SessionStream stream) -> {
        assertAlive(stream.session());
        if (random.nextInt(3) == 0) {
          later.accept(() -> read(stream));
        } else {
          read(stream);
        }
      }
      case WebTransportEvent.Writable(SessionStream stream) -> {
        assertAlive(stream.session());
        said.get(stream.id()).write();
      }
      case WebTransportEvent.SendEnded(SessionStream stream) -> {
        assertAlive(stream.session());
        Said one = said.get(stream.id());
        one.acknowledgedInTime = one.isFinishedWhole();
      }
      case WebTransportEvent.StreamsAvailable(WebTransportSession session, var bidirectional) -> {
        assertAlive(session);
        openWaiting(new Kind(session, bidirectional));
      }
      case WebTransportEvent.DatagramsReceived(WebTransportSession session) -> {
        assertAlive(session);
        takeDatagrams(session);
      }
      case WebTransportEvent.Draining(WebTransportSession session) -> {
        assertAlive(session);
        assertTrue(draining.add(session), "draining twice");
      }
      case WebTransportEvent.Ended(WebTransportSession session, SessionEnding how) -> {
        assertAlive(session);
        assertEquals(how, session.ending());
        endings.put(session, how);
        heard.values().stream()
            .filter(stream -> stream.session() == session)
            .forEach(stream -> atEnd.put(stream.id(), arrivals.length(stream.id())));
      }
    }
  }

  private void assertAlive(WebTransportSession session) {
    assertFalse(endings.containsKey(session), "an event after the end of the session");
  }

  void takeDatagrams(WebTransportSession session) {
    Set<String> known = datagramsHeard.computeIfAbsent(session.id(), id -> new HashSet<>());
    for (byte[] each = session.nextDatagram(0); each != null; each = session.nextDatagram(0)) {
      String text = new String(each, StandardCharsets.UTF_8);
      assertTrue(known.add(text), "a datagram came twice: " + text);
    }
  }

  void read(SessionStream stream) {
    byte[] buffer = new byte[1 + random.nextInt(3_000)];
    while (true) {
      int length = stream.receiving().read(buffer, 0, buffer.length);
      if (length <= 0) {
        return;
      }
      int from = read.getOrDefault(stream.id(), 0);
      for (int i = 0; i < length; i++) {
        assertEquals(Said.at(stream.id(), !client, from + i), buffer[i], "byte " + (from + i));
      }
      read.put(stream.id(), from + length);
    }
  }

  // What it has to have heard in the end

  /** Takes what is left. */
  void hearOut() {
    sessions.forEach(this::takeDatagrams);
    heard.values().forEach(this::read);
  }

  /** Holds all that it heard against what the other end said. */
  void assertHeard(Talker other) {
    for (WebTransportSession session : sessions) {
      assertTrue(endings.containsKey(session), () -> "session " + session.id() + " has no end");
      Set<String> sent = other.datagramsSent.getOrDefault(session.id(), Set.of());
      Set<String> came = datagramsHeard.getOrDefault(session.id(), Set.of());
      assertTrue(sent.containsAll(came), "datagrams that nobody sent");
    }
    for (SessionStream stream : heard.values()) {
      assertEnd(stream, other.said.get(stream.id()));
    }
    for (Said one : said.values()) {
      if (one.acknowledgedInTime) {
        assertArrived(one, other);
      }
    }
  }

  /** What was acknowledged before this side ended the session, the other end can read. */
  private void assertArrived(Said one, Talker other) {
    long id = one.stream.id();
    SessionStream stream = other.heard.get(id);
    SessionEnding end = other.endingOf(one.stream.session().id());
    if (endedItself(end) || other.stopped.containsKey(id)) {
      return;
    }
    assertNotNull(stream, () -> "never heard of " + one + ": " + end);
    assertEquals(new SessionStreamEnding.Finished(), stream.receiving().ending(), one::toString);
  }

  /** Whether that end took no interest in what was still to come. */
  private static boolean endedItself(SessionEnding end) {
    return switch (end) {
      case SessionEnding.Closed(var by, long code, String reason) -> by == SessionEnding.Side.LOCAL;
      case SessionEnding.Refused refused -> true;
      case SessionEnding.ConnectionEnded(ConnectionEnding cause) -> isOwn(cause);
      // What came before the answer belonged to nothing yet.
      case SessionEnding.NotEstablished none -> true;
      // The request for it has not arrived, or its end is that of the peer.
      case null -> true;
      default -> false;
    };
  }

  private static boolean isOwn(ConnectionEnding cause) {
    return cause instanceof ConnectionEnding.ApplicationClose close
        && close.by() == ConnectionEnding.Side.LOCAL;
  }

  private SessionEnding endingOf(long sessionId) {
    return sessions.stream()
        .filter(each -> each.id() == sessionId)
        .findAny()
        .map(WebTransportSession::ending)
        .orElse(null);
  }

  private void assertEnd(SessionStream stream, Said theirs) {
    SessionStreamEnding how = stream.receiving().ending();
    String about = (client ? "client" : "server") + " heard of " + theirs + ": " + how;
    int length = read.getOrDefault(stream.id(), 0);
    assertTrue(theirs == null ? length == 0 : length <= theirs.written, about);
    switch (how) {
      case null -> throw new AssertionError("no end: " + about);
      case SessionStreamEnding.Finished() -> {
        assertTrue(theirs.finished, about);
        assertEquals(theirs.written, length, about);
      }
      case SessionStreamEnding.Reset(long code) -> assertEquals(theirs.resetCode, code, about);
      case SessionStreamEnding.Abandoned(long code) ->
          assertEquals(stopped.get(stream.id()), code, about);
      case SessionStreamEnding.SessionEnded(SessionEnding ending) -> {
        assertEquals(stream.session().ending(), ending, about);
        int header =
            stream.isLocal()
                ? 0
                : StreamHeader.encode(stream.isBidirectional(), stream.session().id()).length;
        assertEquals(Math.max(0, atEnd.get(stream.id()) - header), length, about);
      }
      case SessionStreamEnding.Stopped stop -> throw new AssertionError(about);
      case SessionStreamEnding.AbortedWithoutCode(long code) -> throw new AssertionError(about);
    }
  }

  /** Whether all that it says has arrived. */
  boolean isHeard() {
    return waiting.isEmpty() && said.values().stream().allMatch(Said::isFinishedWhole);
  }
}
