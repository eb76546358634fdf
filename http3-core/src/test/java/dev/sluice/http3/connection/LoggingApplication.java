package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.ending.RequestEnding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Takes events and reads, in portions of any size, and keeps a log for each stream. */
final class LoggingApplication {
  private final Http3Connection connection;
  private final List<RequestStream> known = new ArrayList<>();
  private final Map<Long, List<String>> logs = new HashMap<>();
  private int connectionEnded;

  LoggingApplication(Http3Connection connection) {
    this.connection = connection;
  }

  int connectionEnded() {
    return connectionEnded;
  }

  List<String> log(long id) {
    return logs.getOrDefault(id, List.of());
  }

  private void say(RequestStream stream, String what) {
    logs.computeIfAbsent(stream.id(), id -> new ArrayList<>()).add(what);
  }

  void act(Random random) {
    takeEvents();
    for (RequestStream stream : List.copyOf(known)) {
      if (random.nextInt(3) == 0) {
        read(stream, 1 + random.nextInt(50));
      }
    }
  }

  void readToTheEnd() {
    takeEvents();
    for (RequestStream stream : List.copyOf(known)) {
      for (int i = 0; read(stream, 7) > 0; i++) {
        if (i > 10_000) {
          throw new AssertionError("it never ends");
        }
      }
      assertEquals(RequestStream.ENDED, stream.readData(new byte[1], 0, 1));
    }
    takeEvents();
  }

  private int read(RequestStream stream, int length) {
    byte[] buffer = new byte[length];
    int read = stream.readData(buffer, 0, length);
    for (int i = 0; i < read; i++) {
      say(stream, "byte " + buffer[i]);
    }
    takeEvents();
    return read;
  }

  private void takeEvents() {
    for (Http3Event event = connection.nextEvent(); event != null; event = connection.nextEvent()) {
      switch (event) {
        case Http3Event.Request(RequestStream stream, var head) -> {
          known.add(stream);
          say(stream, "head " + head.fields().first(ScriptedMessage.MARK));
        }
        case Http3Event.Response(RequestStream stream, var head) -> {
          known.add(stream);
          say(stream, "head " + head.fields().first(ScriptedMessage.MARK));
        }
        case Http3Event.Informational(RequestStream stream, var head) ->
            say(stream, "informational " + head.fields().first(ScriptedMessage.MARK));
        case Http3Event.Trailers(RequestStream stream, var fields) ->
            say(stream, "trailers " + fields.first(ScriptedMessage.MARK));
        case Http3Event.RequestEnded(RequestStream stream, RequestEnding how) -> {
          assertEquals(how, stream.ending());
          say(stream, "ended " + how);
        }
        case Http3Event.ConnectionEnded over -> connectionEnded++;
        default -> {}
      }
    }
  }
}
