package dev.sluice.testkit.qlog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.SharedFiles;
import dev.sluice.testkit.cddl.Cddl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The schemas of qlog: main schema 14, QUIC events 13, HTTP/3 events 13, read out of the drafts
 * themselves.
 */
public final class QlogSchema {
  private static final List<String> DRAFTS =
      List.of(
          "specs/draft-ietf-quic-qlog-main-schema-14.txt",
          "specs/draft-ietf-quic-qlog-quic-events-13-editors-20260723.txt",
          "specs/draft-ietf-quic-qlog-h3-events-13.txt");

  /** Each namespace, the beginning of its types' names, and the choice of its events' data. */
  private static final List<List<String>> NAMESPACES =
      List.of(
          List.of("quic", "QUIC", "QuicEventData"),
          List.of("http3", "HTTP3", "HTTP3EventData"),
          List.of("http", "HTTP", "HTTPEventData"));

  private static Optional<QlogSchema> read;

  private final Cddl schema = new Cddl();

  /** The type of the data of an event, by {@code namespace:name} without underscores. */
  private final Map<String, String> types = new HashMap<>();

  private QlogSchema(List<Path> drafts) {
    for (Path draft : drafts) {
      try {
        schema.read(Files.readString(draft));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    // Which data an event has follows from its name.
    schema.read("    $ProtocolEventData = any\n");
    for (List<String> namespace : NAMESPACES) {
      for (String type : schema.optionsOf(namespace.get(2))) {
        String name = type.substring(namespace.get(1).length()).toLowerCase(Locale.ROOT);
        types.put(namespace.get(0) + ':' + name, type);
      }
    }
  }

  /** The schemas; skips the calling test with one line where the drafts are not at hand. */
  public static QlogSchema require() {
    DRAFTS.forEach(SharedFiles::require);
    return find().orElseThrow();
  }

  /** The schemas where the drafts are at hand, for tests that have more to check. */
  public static synchronized Optional<QlogSchema> find() {
    if (read == null) {
      List<Path> drafts = DRAFTS.stream().map(SharedFiles::find).toList();
      read = drafts.contains(null) ? Optional.empty() : Optional.of(new QlogSchema(drafts));
    }
    return read;
  }

  /** How many kinds of event there are. */
  public int kinds() {
    return types.size();
  }

  /** Whether there is an event of this name, with its namespace. */
  public boolean knows(String event) {
    return types.containsKey(event.replace("_", ""));
  }

  /** What is wrong with a file; empty when nothing is. */
  public List<String> faults(QlogRecords file) {
    List<String> faults = new ArrayList<>();
    for (String fault : schema.faults("QlogFileSeq", file.header())) {
      faults.add("header" + fault);
    }
    double before = 0;
    for (JsonNode event : file.events()) {
      faults.addAll(faults(event));
      double time = event.path("time").asDouble();
      if (time < before) {
        faults.add("time goes back to " + time);
      }
      before = time;
    }
    return faults;
  }

  /** What is wrong with an event; empty when nothing is. */
  public List<String> faults(JsonNode event) {
    String name = event.path("name").asText();
    List<String> faults = new ArrayList<>(schema.faults("Event", event));
    String type = types.get(name.replace("_", ""));
    if (type == null) {
      faults.add("no event is called " + name);
    } else {
      for (String fault : schema.faults(type, event.path("data"))) {
        faults.add(name + fault);
      }
    }
    return faults;
  }
}
