package dev.sluice.quic.qlog;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.ImmediateAckFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Frames as qlog describes them (QUIC events §8.13). What would help an attacker who reads the log,
 * tokens of either kind and the data of the application, is left out.
 */
final class QlogFrames {
  /** Any delay beyond this, two centuries in nanoseconds, is a lie. */
  private static final long LONGEST = Long.MAX_VALUE >> 1;

  private final JsonText json;
  private final int ackDelayExponent;
  private final ApplicationErrors errors;

  /**
   * @param ackDelayExponent of whoever sends the frames
   * @param errors what the application calls its codes
   */
  QlogFrames(JsonText json, int ackDelayExponent, ApplicationErrors errors) {
    this.json = json;
    this.ackDelayExponent = ackDelayExponent;
    this.errors = errors;
  }

  void write(List<Frame> frames) {
    json.beginArray();
    for (Frame frame : frames) {
      json.beginObject();
      write(frame);
      json.endObject();
    }
    json.endArray();
  }

  private void write(Frame frame) {
    switch (frame) {
      case PaddingFrame f -> type("padding").raw("payload_length", f.length());
      case PingFrame f -> type("ping");
      case AckFrame f -> ack(f);
      case ResetStreamFrame f ->
          stream("reset_stream", f.streamId())
              .applicationError(f.errorCode())
              .number("final_size", f.finalSize());
      case ResetStreamAtFrame f ->
          stream("reset_stream_at", f.streamId())
              .applicationError(f.errorCode())
              .number("final_size", f.finalSize())
              .number("reliable_size", f.reliableSize());
      case StopSendingFrame f ->
          stream("stop_sending", f.streamId()).applicationError(f.errorCode());
      case CryptoFrame f ->
          type("crypto").number("offset", f.offset()).raw("length", f.data().length());
      case NewTokenFrame f -> {
        type("new_token");
        json.name("token");
        QlogPackets.token("resumption", f.token().length(), json);
      }
      case StreamFrame f -> {
        stream("stream", f.streamId()).number("offset", f.offset());
        json.name("fin").value(f.fin());
        raw("length", f.data().length());
      }
      case MaxDataFrame f -> type("max_data").number("maximum", f.maximum());
      case MaxStreamDataFrame f ->
          stream("max_stream_data", f.streamId()).number("maximum", f.maximum());
      case MaxStreamsFrame f ->
          type("max_streams").streamType(f.bidirectional()).number("maximum", f.maximum());
      case DataBlockedFrame f -> type("data_blocked").number("limit", f.limit());
      case StreamDataBlockedFrame f ->
          stream("stream_data_blocked", f.streamId()).number("limit", f.limit());
      case StreamsBlockedFrame f ->
          type("streams_blocked").streamType(f.bidirectional()).number("limit", f.limit());
      case NewConnectionIdFrame f -> {
        type("new_connection_id")
            .number("sequence_number", f.sequence())
            .number("retire_prior_to", f.retirePriorTo());
        json.name("connection_id").hex(f.id().toArray());
      }
      case RetireConnectionIdFrame f ->
          type("retire_connection_id").number("sequence_number", f.sequence());
      case PathChallengeFrame f -> type("path_challenge").data(f.data());
      case PathResponseFrame f -> type("path_response").data(f.data());
      case ConnectionCloseFrame f -> close(f);
      case HandshakeDoneFrame f -> type("handshake_done");
      case DatagramFrame f -> type("datagram").raw("length", f.data().length());
      // The schema does not know the frames of draft-ietf-quic-ack-frequency-12.
      case AckFrequencyFrame f -> type("unknown").number("frame_type_bytes", f.type());
      case ImmediateAckFrame f -> type("unknown").number("frame_type_bytes", f.type());
    }
  }

  private void ack(AckFrame frame) {
    type("ack");
    json.name("ack_delay").millis(delayNanos(frame.ackDelay()));
    json.name("acked_ranges").beginArray();
    for (int i = 0; i < frame.ranges().count(); i++) {
      json.beginArray().value(frame.ranges().smallest(i));
      if (frame.ranges().smallest(i) != frame.ranges().largest(i)) {
        json.value(frame.ranges().largest(i));
      }
      json.endArray();
    }
    json.endArray();
    if (frame.ecn() != null) {
      number("ect1", frame.ecn().ect1())
          .number("ect0", frame.ecn().ect0())
          .number("ce", frame.ecn().ce());
    }
  }

  /** Microseconds, shifted by an exponent (RFC 9000 §19.3); at most the {@link #LONGEST}. */
  private long delayNanos(long delay) {
    return delay > LONGEST / 1000 >> ackDelayExponent
        ? LONGEST
        : (delay << ackDelayExponent) * 1000;
  }

  private void close(ConnectionCloseFrame frame) {
    type("connection_close");
    json.name("error_space").value(frame.application() ? "application" : "transport");
    if (frame.application()) {
      applicationError(frame.errorCode());
    } else {
      json.name("error").value(transportError(frame.errorCode()));
      number("error_code", frame.errorCode()).number("trigger_frame_type", frame.frameType());
    }
    json.name("reason").value(frame.reason());
  }

  /** The name that qlog gives a transport error (§8.13.24, §8.13.26). */
  static String transportError(long code) {
    if (code >= TransportError.CRYPTO_ERROR && code <= TransportError.CRYPTO_ERROR + 0xff) {
      return "crypto_error_0x" + Long.toHexString(code);
    }
    // VERSION_NEGOTIATION_ERROR and what comes after it has no name in the schema.
    return code <= TransportError.NO_VIABLE_PATH.code()
        ? TransportError.values()[(int) code].name().toLowerCase(Locale.ROOT)
        : "unknown";
  }

  private QlogFrames type(String type) {
    json.name("frame_type").value(type);
    return this;
  }

  private QlogFrames stream(String type, long id) {
    return type(type).number("stream_id", id);
  }

  private QlogFrames number(String name, long value) {
    json.name(name).value(value);
    return this;
  }

  private QlogFrames streamType(boolean bidirectional) {
    json.name("stream_type").value(bidirectional ? "bidirectional" : "unidirectional");
    return this;
  }

  private QlogFrames applicationError(long code) {
    json.name("error").value(errors.name(code));
    return number("error_code", code);
  }

  private void data(long bits) {
    json.name("data").value(HexFormat.of().toHexDigits(bits));
  }

  private void raw(String name, long length) {
    json.name("raw").beginObject().name(name).value(length).endObject();
  }
}
