package dev.sluice.http3.trace;

import dev.sluice.http3.frame.CancelPushFrame;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.GoawayFrame;
import dev.sluice.http3.frame.Grease;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.http3.frame.MaxPushIdFrame;
import dev.sluice.http3.frame.PriorityUpdateFrame;
import dev.sluice.http3.frame.PushPromiseFrame;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Frames, settings and streams of HTTP/3 as qlog describes them (HTTP/3 events §3.3, §4.2). Of
 * field lines it has the names, and only such values as give nobody away.
 */
final class TracedFrames {
  /** Settings by identifier, as §3.1 calls them and as the registry does (§4.2.4). */
  private static final Map<Long, List<String>> SETTINGS =
      Map.of(
          0x01L, List.of("max_table_capacity", "settings_qpack_max_table_capacity"),
          0x06L, List.of("max_field_section_size", "settings_max_field_section_size"),
          0x07L, List.of("blocked_streams_count", "settings_qpack_blocked_streams"),
          0x08L, List.of("extended_connect", "settings_enable_connect_protocol"),
          0x33L, List.of("h3_datagram", "settings_h3_datagram"));

  /** What a message is, and not what it says or for whom. */
  private static final Set<String> SHOWN =
      Set.of(
          ":method",
          ":scheme",
          ":status",
          ":protocol",
          "content-length",
          "content-type",
          "priority");

  /** Types of unidirectional streams from 0 on (§3.3). */
  private static final String[] STREAM_TYPES = {"control", "push", "qpack_encode", "qpack_decode"};

  private TracedFrames() {}

  static Map<String, Object> parameters(Map<Long, Long> values) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    values.forEach(
        (id, value) -> {
          if (SETTINGS.containsKey(id)) {
            parameters.put(SETTINGS.get(id).getFirst(), value);
          }
        });
    return parameters;
  }

  static Map<String, Object> streamType(long type) {
    Map<String, Object> data = new LinkedHashMap<>();
    if (type < STREAM_TYPES.length) {
      data.put("stream_type", STREAM_TYPES[(int) type]);
    } else {
      data.put("stream_type", Grease.isReserved(type) ? "reserved" : "unknown");
      data.put("stream_type_bytes", type);
    }
    return data;
  }

  static Map<String, Object> headers(List<FieldLine> lines) {
    Map<String, Object> frame = named("headers");
    List<Object> headers = new ArrayList<>();
    for (FieldLine line : lines) {
      headers.add(
          SHOWN.contains(line.name())
              ? Map.of("name", line.name(), "value", line.value())
              : Map.of("name", line.name()));
    }
    frame.put("headers", headers);
    return frame;
  }

  /** DATA, or a frame that means nothing here. */
  static Map<String, Object> plain(long type, long length) {
    Map<String, Object> frame;
    if (type == FrameType.DATA) {
      frame = named("data");
    } else {
      frame = named(Grease.isReserved(type) ? "reserved" : "unknown");
      frame.put("frame_type_bytes", type);
    }
    frame.put("raw", Map.of("payload_length", length));
    return frame;
  }

  static Map<String, Object> control(Http3Frame of) {
    Map<String, Object> frame =
        switch (of) {
          case SettingsFrame(Map<Long, Long> values) -> with("settings", "settings", list(values));
          case GoawayFrame(long id) -> with("goaway", "id", id);
          case CancelPushFrame(long id) -> with("cancel_push", "push_id", id);
          case MaxPushIdFrame(long id) -> with("max_push_id", "push_id", id);
          case PriorityUpdateFrame(boolean push, long id, String value) -> {
            Map<String, Object> update =
                with("priority_update", push ? "push_id" : "stream_id", id);
            update.put("priority_field_value", value);
            yield update;
          }
          // They travel on request streams, where their field sections are known.
          case HeadersFrame headers -> throw new IllegalArgumentException();
          case PushPromiseFrame promise -> throw new IllegalArgumentException();
        };
    frame.put("raw", Map.of("payload_length", of.payloadLength()));
    return frame;
  }

  private static List<Object> list(Map<Long, Long> values) {
    List<Object> settings = new ArrayList<>();
    values.forEach(
        (id, value) -> {
          Map<String, Object> setting = new LinkedHashMap<>();
          if (SETTINGS.containsKey(id)) {
            setting.put("name", SETTINGS.get(id).getLast());
          } else {
            setting.put("name", Grease.isReserved(id) ? "reserved" : "unknown");
            setting.put("name_bytes", id);
          }
          setting.put("value", value);
          settings.add(setting);
        });
    return settings;
  }

  private static Map<String, Object> named(String type) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("frame_type", type);
    return frame;
  }

  private static Map<String, Object> with(String type, String name, Object value) {
    Map<String, Object> frame = named(type);
    frame.put(name, value);
    return frame;
  }
}
