package dev.sluice.http3.trace;

import dev.sluice.http3.frame.FrameGate;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.http3.message.Priority;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.trace.TraceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells whoever watches the QUIC connection what HTTP/3 does on it, in the terms of
 * draft-ietf-quic-qlog-h3-events-13. Where nobody watches each method is one question and no more.
 * On the connection's thread.
 */
public final class Http3Trace {
  private final QuicTransport quic;

  /** An event of the namespace {@code http3}. */
  private record Event(String name, Map<String, Object> data)
      implements TraceEvent.ApplicationEvent {}

  /**
   * @param quic whose watchers are told
   */
  public Http3Trace(QuicTransport quic) {
    this.quic = quic;
  }

  private void tell(String name, Map<String, Object> data) {
    quic.trace(new Event("http3:" + name, data));
  }

  private static Map<String, Object> data(boolean local) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("initiator", local ? "local" : "remote");
    return data;
  }

  /**
   * Settings of one side hold from now on (§3.1).
   *
   * @param local whether they are this side's
   * @param values by identifier
   */
  public void settings(boolean local, Map<Long, Long> values) {
    if (quic.isTraced()) {
      Map<String, Object> data = data(local);
      data.putAll(TracedFrames.parameters(values));
      tell("parameters_set", data);
    }
  }

  /** A client goes by the server's settings of an earlier connection (§3.2). */
  public void restored(Map<Long, Long> values) {
    if (quic.isTraced()) {
      tell("parameters_restored", TracedFrames.parameters(values));
    }
  }

  /** A request stream was opened, or arrived (§3.3). */
  public void requestStream(boolean local, long id) {
    if (quic.isTraced()) {
      Map<String, Object> data = data(local);
      data.put("stream_id", id);
      data.put("stream_type", "request");
      tell("stream_type_set", data);
    }
  }

  /** A unidirectional stream has shown its type (§3.3). */
  public void streamType(boolean local, long id, long type) {
    if (quic.isTraced()) {
      Map<String, Object> data = data(local);
      data.put("stream_id", id);
      data.putAll(TracedFrames.streamType(type));
      tell("stream_type_set", data);
    }
  }

  /** A frame of the control stream was written (§3.5). */
  public void created(long id, Http3Frame frame) {
    if (quic.isTraced()) {
      frame("frame_created", id, TracedFrames.control(frame));
    }
  }

  /** A frame of the control stream was read (§3.6). */
  public void parsed(long id, Http3Frame frame) {
    if (quic.isTraced()) {
      frame("frame_parsed", id, TracedFrames.control(frame));
    }
  }

  /**
   * HEADERS was written.
   *
   * @param length of the encoded section in bytes
   */
  public void headersCreated(long id, List<FieldLine> lines, int length) {
    if (quic.isTraced()) {
      Map<String, Object> headers = TracedFrames.headers(lines);
      headers.put("raw", Map.of("payload_length", length));
      frame("frame_created", id, headers);
    }
  }

  /** HEADERS was read, and its section decoded. */
  public void headersParsed(long id, List<FieldLine> lines) {
    if (quic.isTraced()) {
      frame("frame_parsed", id, TracedFrames.headers(lines));
    }
  }

  /**
   * DATA was written.
   *
   * @param length of its payload in bytes; 0 for none after all
   */
  public void dataCreated(long id, int length) {
    if (length > 0 && quic.isTraced()) {
      frame("frame_created", id, TracedFrames.plain(FrameType.DATA, length));
    }
  }

  /**
   * A gate that tells of those frames that nobody else does: DATA, when its header was read, and
   * those that mean nothing here.
   *
   * @param id of the stream that the gate stands at
   */
  public FrameGate watched(long id, FrameGate gate) {
    if (!quic.isTraced()) {
      return gate;
    }
    return new FrameGate() {
      @Override
      public void onFrame(long type, long length) {
        gate.onFrame(type, length);
        if (type == FrameType.DATA || !FrameType.isKnown(type)) {
          frame("frame_parsed", id, TracedFrames.plain(type, length));
        }
      }

      @Override
      public boolean isSignal(long type) {
        return gate.isSignal(type);
      }
    };
  }

  private void frame(String event, long id, Map<String, Object> frame) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("stream_id", id);
    data.put("frame", frame);
    tell(event, data);
  }

  /** What is sent on a request stream goes before or after others' data from now on (§3.4). */
  public void priority(long id, Priority before, Priority now) {
    if (!before.equals(now) && quic.isTraced()) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("stream_id", id);
      data.put("old", before.toFieldValue());
      data.put("new", now.toFieldValue());
      tell("priority_updated", data);
    }
  }

  /**
   * An HTTP datagram was queued (§3.7), or arrived (§3.8).
   *
   * @param length of its payload behind the Quarter Stream ID
   */
  public void datagram(boolean created, long streamId, int length) {
    if (quic.isTraced()) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("quarter_stream_id", streamId / 4);
      data.put("raw", Map.of("payload_length", length));
      tell(created ? "datagram_created" : "datagram_parsed", data);
    }
  }
}
