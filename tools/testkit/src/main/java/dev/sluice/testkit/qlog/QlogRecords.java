package dev.sluice.testkit.qlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A qlog file as JSON text sequence (RFC 7464): a header, then an event each. Grows as records are
 * added.
 */
public final class QlogRecords {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final char SEPARATOR = 0x1e;

  private final List<JsonNode> records = new ArrayList<>();

  /** A whole file. */
  public static QlogRecords of(String file) {
    QlogRecords all = new QlogRecords();
    if (file.isEmpty() || file.charAt(0) != SEPARATOR) {
      throw new AssertionError("the file does not begin with a record separator");
    }
    for (String record : file.substring(1).split(String.valueOf(SEPARATOR))) {
      all.add(SEPARATOR + record);
    }
    return all;
  }

  /**
   * Adds a record.
   *
   * @throws AssertionError unless it is a record separator, a JSON object and a line end (RFC 7464
   *     §2.2)
   */
  public void add(String record) {
    if (record.charAt(0) != SEPARATOR || !record.endsWith("}\n")) {
      throw new AssertionError("no record of a JSON text sequence: " + record);
    }
    try {
      records.add(JSON.readTree(record.substring(1)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(record, e);
    }
  }

  /** What stands before the events. */
  public JsonNode header() {
    return records.getFirst();
  }

  /** The events, in order. */
  public List<JsonNode> events() {
    return records.subList(1, records.size());
  }

  /** The data of the events of a name, with its namespace. */
  public Stream<JsonNode> data(String name) {
    return events().stream()
        .filter(e -> e.path("name").asText().equals(name))
        .map(e -> e.get("data"));
  }

  /** The frames of a type in the packets that were sent or received. */
  public Stream<JsonNode> frames(String event, String type) {
    return data(event)
        .flatMap(data -> data.path("frames").valueStream())
        .filter(frame -> frame.path("frame_type").asText().equals(type));
  }
}
