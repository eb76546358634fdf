package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.Grease;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.stream.FieldCompression;
import dev.sluice.http3.stream.LocalUniStream;
import dev.sluice.http3.stream.StreamType;
import dev.sluice.http3.trace.Http3Trace;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The unidirectional streams of this side: control, then QPACK's two, then one that means nothing
 * (RFC 9114 §6.2). They are opened as soon as the transport allows, the control stream first.
 */
final class LocalStreams {
  /** Longer padding would exercise nothing more. */
  private static final int MAX_GREASE_PAYLOAD = 16;

  private final LocalUniStream control = new LocalUniStream(StreamType.CONTROL);
  private final List<LocalUniStream> critical;
  private final RandomGenerator random;
  private final Http3Trace trace;
  private final SettingsFrame settings;
  private boolean greaseDue;

  LocalStreams(
      Http3Config config, FieldCompression compression, RandomGenerator random, Http3Trace trace) {
    this.random = random;
    this.trace = trace;
    critical = List.of(control, compression.encoderStream(), compression.decoderStream());
    greaseDue = config.grease();
    settings = settings(config);
    control.write(settings.encode());
    if (config.grease()) {
      control.write(greaseFrame());
    }
  }

  /** Opens what is not open yet, as far as the peer allows streams. */
  void open(QuicTransport quic) {
    for (LocalUniStream stream : critical) {
      if (!stream.isOpen()) {
        SendStream out = quic.openUni();
        if (out == null) {
          return;
        }
        stream.open(out);
        trace.streamType(true, out.id(), stream.type());
        if (stream == control) {
          trace.created(out.id(), settings);
        }
      }
    }
    if (greaseDue) {
      SendStream out = quic.openUni();
      if (out != null) {
        greaseDue = false;
        sendGreaseStream(out);
      }
    }
  }

  /** Sends a frame on the control stream. */
  void send(Http3Frame frame) {
    control.write(frame.encode());
    if (control.isOpen()) {
      trace.created(control.id(), frame);
    }
  }

  /** Whether the peer has acknowledged every frame that was sent. */
  boolean isControlAcknowledged() {
    return control.isAcknowledged();
  }

  /** Whether a stream is one of these. */
  boolean has(long id) {
    return critical.stream().anyMatch(stream -> stream.is(id));
  }

  /** There is room on a stream again, perhaps one of these. */
  void onWritable(long id) {
    for (LocalUniStream stream : critical) {
      if (stream.is(id)) {
        stream.flush();
      }
    }
  }

  /**
   * Checks that the peer lets these streams go on.
   *
   * @throws ConnectionErrorException H3_EXCESSIVE_LOAD when too much waits for it
   */
  void requireModest() {
    critical.forEach(LocalUniStream::requireModest);
  }

  /**
   * The peer stopped a stream.
   *
   * @throws ConnectionErrorException H3_CLOSED_CRITICAL_STREAM when the connection needs it (RFC
   *     9114 §6.2.1, RFC 9204 §4.2)
   */
  void onStopped(long id) {
    for (LocalUniStream stream : critical) {
      if (stream.is(id)) {
        throw new ConnectionErrorException(
            Http3Error.H3_CLOSED_CRITICAL_STREAM,
            "STOP_SENDING for our " + StreamType.name(stream.type()));
      }
    }
  }

  /** Our SETTINGS (§7.2.4): what differs from the defaults, and something to be ignored. */
  private SettingsFrame settings(Http3Config config) {
    Map<Long, Long> settings = new LinkedHashMap<>(Http3Settings.of(config).values());
    if (config.grease()) {
      settings.putIfAbsent(Grease.number(random), random.nextLong(1L << 30));
    }
    return new SettingsFrame(settings);
  }

  private byte[] greaseFrame() {
    byte[] payload = greasePayload();
    byte[] frame = new byte[8 + 1 + payload.length];
    WireWriter out = new WireWriter(frame, 0, frame.length);
    out.varInt(Grease.number(random), 8).varInt(payload.length).bytes(payload);
    return frame;
  }

  private void sendGreaseStream(SendStream out) {
    byte[] payload = greasePayload();
    long type = Grease.number(random);
    trace.streamType(true, out.id(), type);
    byte[] bytes = new byte[VarInt.length(type) + payload.length];
    new WireWriter(bytes, 0, bytes.length).varInt(type).bytes(payload);
    // What does not fit is of no use to anybody.
    out.write(bytes, 0, bytes.length);
    out.finish();
  }

  private byte[] greasePayload() {
    byte[] payload = new byte[random.nextInt(MAX_GREASE_PAYLOAD)];
    random.nextBytes(payload);
    return payload;
  }
}
