package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.http3.stream.ControlReader;
import dev.sluice.http3.stream.FieldCompression;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.http3.stream.StreamType;
import dev.sluice.http3.stream.StreamTypeReader;
import dev.sluice.http3.trace.Http3Trace;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.RecvStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The peer's unidirectional streams (RFC 9114 §6.2): finds out what each is, and reads the three
 * that a connection needs. QUIC's limit on streams bounds how many there are at a time.
 */
final class PeerStreams {
  /**
   * Instructions are read through a buffer of this size, which all streams share. It stays with a
   * connection that is idle, and nearly all that comes at once is shorter.
   */
  private static final int BUFFER = 256;

  private final boolean fromClient;
  private final Http3Trace trace;
  private final FloodGuard guard;
  private final FieldCompression compression;
  private final StreamClaims claims;
  private final Consumer<Http3Frame> onControlFrame;
  private final Runnable onEncoderStream;
  private final ClaimedStream onClaimed;

  private final Map<Long, StreamTypeReader> untyped = new HashMap<>();
  private final Map<Long, Runnable> readers = new HashMap<>();
  private final Set<Long> critical = new HashSet<>();
  private final byte[] buffer = new byte[BUFFER];

  /**
   * @param fromClient whether the peer is the client
   * @param trace is told of what the streams are, and of the control stream's frames
   * @param claims says which streams are an extension's
   * @param onControlFrame takes the frames of the control stream
   * @param onEncoderStream is told when sections may have been unblocked
   * @param onClaimed takes the extension's streams
   */
  PeerStreams(
      boolean fromClient,
      Http3Trace trace,
      FloodGuard guard,
      FieldCompression compression,
      StreamClaims claims,
      Consumer<Http3Frame> onControlFrame,
      Runnable onEncoderStream,
      ClaimedStream onClaimed) {
    this.fromClient = fromClient;
    this.trace = trace;
    this.guard = guard;
    this.compression = compression;
    this.claims = claims;
    this.onControlFrame = onControlFrame;
    this.onEncoderStream = onEncoderStream;
    this.onClaimed = onClaimed;
  }

  /** Takes a stream that is an extension's, behind its type. */
  @FunctionalInterface
  interface ClaimedStream {
    void accept(long type, RecvStream in);
  }

  /** The peer opened a unidirectional stream. */
  void onOpened(RecvStream in) {
    untyped.put(in.id(), new StreamTypeReader(in));
    onReadable(in.id());
  }

  /** Whether a stream is one of those that are read here. */
  boolean has(long id) {
    return untyped.containsKey(id) || readers.containsKey(id);
  }

  /** A stream, perhaps one of these, has bytes or has ended. */
  void onReadable(long id) {
    StreamTypeReader typeReader = untyped.get(id);
    if (typeReader != null) {
      long type = typeReader.next();
      if (type == StreamTypeReader.NOTHING_NOW) {
        return;
      }
      untyped.remove(id);
      if (type == StreamTypeReader.ENDED) {
        return;
      }
      onType(type, typeReader.stream());
    }
    Runnable reader = readers.get(id);
    if (reader != null) {
      reader.run();
    }
  }

  private void onType(long type, RecvStream in) {
    trace.streamType(false, in.id(), type);
    if (claims.claimsType(type)) {
      onClaimed.accept(type, in);
      return;
    }
    if (type == StreamType.PUSH) {
      throw fromClient
          ? new ConnectionErrorException(
              Http3Error.H3_STREAM_CREATION_ERROR, "push stream from a client")
          : new ConnectionErrorException(
              Http3Error.H3_ID_ERROR, "push stream, but no MAX_PUSH_ID was sent");
    }
    if (type > StreamType.QPACK_DECODER) {
      guard.onUnknownStream();
      in.stopSending(Http3Error.H3_STREAM_CREATION_ERROR.code());
      return;
    }
    if (!critical.add(type)) {
      throw new ConnectionErrorException(
          Http3Error.H3_STREAM_CREATION_ERROR, "a second " + StreamType.name(type));
    }
    Runnable content =
        switch ((int) type) {
          case (int) StreamType.CONTROL -> control(in);
          case (int) StreamType.QPACK_ENCODER -> () -> readEncoderStream(in);
          default -> () -> readDecoderStream(in);
        };
    readers.put(
        in.id(),
        () -> {
          content.run();
          requireOpen(type, in);
        });
  }

  private Runnable control(RecvStream in) {
    ControlReader control = new ControlReader(in, fromClient, claims, guard::onControlFrame);
    return () -> {
      for (Http3Frame frame = control.next(); frame != null; frame = control.next()) {
        trace.parsed(in.id(), frame);
        onControlFrame.accept(frame);
      }
    };
  }

  private void readEncoderStream(RecvStream in) {
    int read = in.read(buffer, 0, buffer.length);
    while (read > 0) {
      compression.onEncoderStream(buffer, read);
      onEncoderStream.run();
      read = in.read(buffer, 0, buffer.length);
    }
  }

  private void readDecoderStream(RecvStream in) {
    int read = in.read(buffer, 0, buffer.length);
    while (read > 0) {
      compression.onDecoderStream(buffer, read);
      read = in.read(buffer, 0, buffer.length);
    }
  }

  /** The control stream and QPACK's last as long as the connection (§6.2.1, RFC 9204 §4.2). */
  private static void requireOpen(long type, RecvStream in) {
    StreamEnding ending = in.ending();
    if (ending != null && !(ending instanceof StreamEnding.ConnectionEnded)) {
      throw new ConnectionErrorException(
          Http3Error.H3_CLOSED_CRITICAL_STREAM, "the peer closed its " + StreamType.name(type));
    }
  }
}
