package dev.sluice.quic.qlog;

import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * One connection's qlog, or that of an endpoint for what belongs to no connection, as records of a
 * JSON text sequence (main schema §5 and §11.2): a header, then an event each. Times are
 * milliseconds since the first event.
 */
public final class QlogTrace implements Tracer {
  private static final char RECORD_SEPARATOR = 0x1e;

  private final Consumer<String> sink;
  private final Instant started;
  private final QlogEvents events = new QlogEvents();
  private long origin;
  private boolean begun;

  /**
   * @param sink takes whole records, each with its separator and line end, on the connection's
   *     thread
   * @param started the time of day, for people who read the log
   */
  public QlogTrace(Consumer<String> sink, Instant started) {
    this.sink = sink;
    this.started = started;
  }

  @Override
  public void on(long now, TraceEvent event) {
    if (!begun) {
      begun = true;
      origin = now;
      record(header(event));
    }
    for (int i = 0; i < QlogEvents.records(event); i++) {
      JsonText json = new JsonText().beginObject();
      json.name("time").millis(Math.max(0, now - origin));
      json.name("name").value(QlogEvents.name(event));
      if (event.path() != 0) {
        json.name("tuple").value(QlogConnectivity.tuple(event.path()));
      }
      events.write(event, i, json.name("data"));
      record(json.endObject());
    }
  }

  private JsonText header(TraceEvent event) {
    JsonText json = new JsonText().beginObject();
    json.name("file_schema").value("urn:ietf:params:qlog:file:sequential");
    json.name("serialization_format").value("application/qlog+json-seq");
    json.name("title").value("Sluice");
    json.name("trace").beginObject();
    json.name("common_fields").beginObject();
    if (event instanceof TraceEvent.ConnectionStarted first) {
      json.name("group_id").hex(first.originalDestination().toArray());
    }
    json.name("time_format").value("relative_to_epoch");
    json.name("reference_time").beginObject();
    json.name("clock_type").value("monotonic");
    json.name("epoch").value("unknown");
    json.name("wall_clock_time").value(started.toString());
    json.endObject().endObject();
    if (event instanceof TraceEvent.ConnectionStarted first) {
      json.name("vantage_point").beginObject();
      json.name("type").value(first.client() ? "client" : "server").endObject();
    } else if (event instanceof TraceEvent.ServerListening) {
      json.name("vantage_point").beginObject().name("type").value("server").endObject();
    }
    json.name("event_schemas").beginArray();
    json.value("urn:ietf:params:qlog:events:quic-13");
    json.value("urn:ietf:params:qlog:events:http3-13").endArray();
    return json.endObject().endObject();
  }

  private void record(JsonText json) {
    sink.accept(RECORD_SEPARATOR + json.toString() + '\n');
  }
}
