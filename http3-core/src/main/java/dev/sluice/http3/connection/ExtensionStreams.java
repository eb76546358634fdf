package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.FrameGate;
import dev.sluice.http3.frame.FrameReader;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.quic.stream.BidiStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What an extension has claimed of the peer's streams, and at a client the reading of the server's
 * bidirectional streams as far as their signal. QUIC's limit on streams bounds how many there are.
 */
final class ExtensionStreams implements StreamClaims {
  private final Consumer<Http3Event> emit;
  private final Map<Long, Unsignalled> unsignalled = new HashMap<>();
  private StreamClaims claims = StreamClaims.NONE;

  private record Unsignalled(BidiStream stream, FrameReader frames) {}

  /**
   * @param emit takes {@link Http3Event.Claimed}
   */
  ExtensionStreams(Consumer<Http3Event> emit) {
    this.emit = emit;
  }

  void claim(StreamClaims newClaims) {
    claims = newClaims;
  }

  /** Whether there is no extension. */
  boolean isEmpty() {
    return claims == StreamClaims.NONE;
  }

  @Override
  public boolean claimsType(long type) {
    return claims.claimsType(type);
  }

  @Override
  public boolean claimsSignal(long frameType) {
    return claims.claimsSignal(frameType);
  }

  @Override
  public boolean signalMayFollowFrames() {
    return claims.signalMayFollowFrames();
  }

  @Override
  public boolean impliesExtendedConnect() {
    return claims.impliesExtendedConnect();
  }

  /**
   * Client: the server opened a bidirectional stream, which HTTP/3 itself has no use for.
   *
   * @throws ConnectionErrorException H3_STREAM_CREATION_ERROR when no extension has either (RFC
   *     9114 §6.1)
   */
  void onServerOpened(BidiStream stream) {
    if (isEmpty()) {
      throw notForUs();
    }
    unsignalled.put(
        stream.id(), new Unsignalled(stream, new FrameReader(stream.recv(), gate(), 0)));
    onReadable(stream.id());
  }

  /** Whether a stream's signal has not arrived yet. */
  boolean has(long id) {
    return unsignalled.containsKey(id);
  }

  /** One of these streams has bytes or has ended. */
  void onReadable(long id) {
    Unsignalled waiting = unsignalled.get(id);
    switch (waiting.frames.next()) {
      case NOTHING_NOW -> {}
      case SIGNAL -> {
        unsignalled.remove(id);
        BidiStream stream = waiting.stream;
        emit.accept(new Http3Event.Claimed(waiting.frames.signal(), stream.recv(), stream.send()));
      }
      case END -> {
        unsignalled.remove(id);
        waiting.stream.send().reset(Http3Error.H3_NO_ERROR.code());
      }
      // The gate lets nothing pass but what is unknown.
      case FRAME, DATA, SECTION_TOO_LARGE -> throw new IllegalStateException();
    }
  }

  private FrameGate gate() {
    return new FrameGate() {
      @Override
      public void onFrame(long type, long length) {
        if (!signalMayFollowFrames() || FrameType.isKnown(type)) {
          throw notForUs();
        }
      }

      @Override
      public boolean isSignal(long type) {
        return claimsSignal(type);
      }
    };
  }

  private static ConnectionErrorException notForUs() {
    return new ConnectionErrorException(
        Http3Error.H3_STREAM_CREATION_ERROR, "a bidirectional stream from the server");
  }
}
