package dev.sluice.http3.stream;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.FrameGate;
import dev.sluice.http3.frame.FrameReader;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.quic.stream.RecvStream;

/**
 * The peer's control stream (RFC 9114 §6.2.1): SETTINGS first and once, then frames that concern
 * the connection, and no end as long as the connection lives.
 */
public final class ControlReader {
  private final FrameReader frames;
  private final boolean fromClient;
  private final StreamClaims claims;
  private final Runnable onAnyFrame;
  private boolean settingsSeen;

  /**
   * @param in the stream, behind its type
   * @param fromClient who sends: some frames are for clients only
   * @param claims says which types are signals, which have no place here
   * @param onAnyFrame is told of each frame, to count them
   */
  public ControlReader(
      RecvStream in, boolean fromClient, StreamClaims claims, Runnable onAnyFrame) {
    this.frames = new FrameReader(in, gate(), 0);
    this.fromClient = fromClient;
    this.claims = claims;
    this.onAnyFrame = onAnyFrame;
  }

  /**
   * The next frame, or null when there is none at present, or no more since the connection ended.
   *
   * @throws ConnectionErrorException when the peer broke a rule
   */
  public Http3Frame next() {
    return switch (frames.next()) {
      case FRAME -> frames.frame();
      case NOTHING_NOW, END -> null;
      // The gate lets neither DATA nor field sections pass.
      case DATA, SECTION_TOO_LARGE, SIGNAL -> throw new IllegalStateException();
    };
  }

  private FrameGate gate() {
    return new FrameGate() {
      @Override
      public void onFrame(long type, long length) {
        ControlReader.this.onFrame(type);
      }

      @Override
      public boolean isSignal(long type) {
        if (claims.claimsSignal(type)) {
          throw new ConnectionErrorException(
              Http3Error.H3_FRAME_ERROR, FrameType.name(type) + " on the control stream");
        }
        return false;
      }
    };
  }

  private void onFrame(long type) {
    onAnyFrame.run();
    if (!settingsSeen) {
      if (type != FrameType.SETTINGS) {
        throw new ConnectionErrorException(
            Http3Error.H3_MISSING_SETTINGS,
            "the control stream begins with " + FrameType.name(type));
      }
      settingsSeen = true;
    } else if (type == FrameType.SETTINGS) {
      throw unexpected("a second SETTINGS");
    }
    boolean forRequests =
        type == FrameType.DATA || type == FrameType.HEADERS || type == FrameType.PUSH_PROMISE;
    boolean forClients =
        type == FrameType.MAX_PUSH_ID
            || type == FrameType.PRIORITY_UPDATE_REQUEST
            || type == FrameType.PRIORITY_UPDATE_PUSH;
    if (forRequests || forClients && !fromClient) {
      throw unexpected(FrameType.name(type) + (fromClient ? "" : " from the server"));
    }
  }

  private static ConnectionErrorException unexpected(String what) {
    return new ConnectionErrorException(
        Http3Error.H3_FRAME_UNEXPECTED, what + " on the control stream");
  }
}
