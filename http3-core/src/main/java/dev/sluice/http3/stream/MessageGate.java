package dev.sluice.http3.stream;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.FrameGate;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.message.ContentLength;
import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;

/**
 * Which frame may come next in a message, and how much content is still due (RFC 9114 §4.1, §4.1.2,
 * §4.4).
 */
final class MessageGate implements FrameGate {
  private enum State {
    BEFORE_HEAD,
    CONTENT,
    AFTER_TRAILERS
  }

  /**
   * Frames that bring nothing, unknown ones and empty DATA, in a row. Padding against traffic
   * analysis is a frame or two for each that matters; this many is someone keeping us busy.
   */
  private static final int MAX_IDLE_FRAMES = 10_000;

  private final boolean request;
  private final StreamClaims claims;
  private boolean frameSeen;
  private State state = State.BEFORE_HEAD;
  private boolean tunnel;
  private long expected = ContentLength.UNKNOWN;
  private boolean neverContent;
  private long seen;
  private int idle;

  /**
   * @param request whether the message is a request
   * @param claims says which types are signals
   */
  MessageGate(boolean request, StreamClaims claims) {
    this.request = request;
    this.claims = claims;
  }

  boolean isRequest() {
    return request;
  }

  boolean isAfterHead() {
    return state != State.BEFORE_HEAD;
  }

  @Override
  public boolean isSignal(long type) {
    if (!claims.claimsSignal(type)) {
      return false;
    }
    boolean atStart = state == State.BEFORE_HEAD && (!frameSeen || claims.signalMayFollowFrames());
    if (request && atStart) {
      return true;
    }
    throw new ConnectionErrorException(
        Http3Error.H3_FRAME_ERROR,
        FrameType.name(type) + (request ? " in the middle of a request" : " in a response"));
  }

  @Override
  public void onFrame(long type, long length) {
    frameSeen = true;
    if (type == FrameType.DATA) {
      onData(length);
      return;
    }
    if (type == FrameType.HEADERS) {
      if (state == State.AFTER_TRAILERS || tunnel) {
        throw unexpected(type, tunnel ? "in a tunnel" : "after the trailer section");
      }
      idle = 0;
      return;
    }
    if (type == FrameType.PUSH_PROMISE && !request && !tunnel) {
      return;
    }
    if (FrameType.isKnown(type)) {
      throw unexpected(type, tunnel ? "in a tunnel" : "on a request stream");
    }
    onIdleFrame();
  }

  private void onData(long length) {
    if (state != State.CONTENT) {
      throw unexpected(
          FrameType.DATA,
          state == State.BEFORE_HEAD ? "before the head" : "after the trailer section");
    }
    if (length == 0) {
      onIdleFrame();
      return;
    }
    idle = 0;
    if (neverContent) {
      throw new MalformedMessageException("content in a response that never has any");
    }
    seen += length;
    if (expected != ContentLength.UNKNOWN && seen > expected) {
      throw new MalformedMessageException("more content than content-length says");
    }
  }

  private void onIdleFrame() {
    if (++idle > MAX_IDLE_FRAMES) {
      throw new ConnectionErrorException(
          Http3Error.H3_EXCESSIVE_LOAD, "frames without content on a request stream");
    }
  }

  /** The head of a request: what follows is content, or the tunnel's data. */
  void onRequest(RequestHead head) {
    tunnel = head.isConnect();
    if (!tunnel) {
      expected = ContentLength.of(head.fields());
    }
    state = State.CONTENT;
  }

  /** The head of a final response. */
  void onResponse(RequestHead head, ResponseHead response) {
    int status = response.status();
    // Content-Length in a successful response to CONNECT is to be ignored (RFC 9110 §9.3.6).
    tunnel = head.isConnect() && status >= 200 && status < 300;
    neverContent = head.method().equals("HEAD") || status == 204 || status == 304;
    if (!tunnel && !neverContent) {
      expected = ContentLength.of(response.fields());
    }
    state = State.CONTENT;
  }

  void onTrailers() {
    state = State.AFTER_TRAILERS;
  }

  /** Whether a message that finishes here has less content than it said. */
  boolean isShort() {
    return expected != ContentLength.UNKNOWN && seen < expected;
  }

  /** Whether nothing that matters is missing, though the stream did not finish. */
  boolean isContentComplete() {
    return switch (state) {
      case BEFORE_HEAD -> false;
      case CONTENT -> neverContent || expected != ContentLength.UNKNOWN && seen == expected;
      case AFTER_TRAILERS -> !isShort();
    };
  }

  private static ConnectionErrorException unexpected(long type, String where) {
    return new ConnectionErrorException(
        Http3Error.H3_FRAME_UNEXPECTED, FrameType.name(type) + " " + where);
  }
}
