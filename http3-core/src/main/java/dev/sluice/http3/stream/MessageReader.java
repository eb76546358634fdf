package dev.sluice.http3.stream;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.FrameReader;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.RequestHeaderSection;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.message.ResponseHeaderSection;
import dev.sluice.http3.message.TrailerSection;
import dev.sluice.http3.trace.Http3Trace;
import dev.sluice.qpack.Decoded;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.RecvStream;
import java.util.List;

/**
 * The receiving direction of a request stream: frames to a message (RFC 9114 §4.1), a request at a
 * server, responses at a client.
 *
 * <p>It goes from one thing to the next and never past content that was not read, so that whatever
 * arrived comes out in order, and the ending last.
 */
public final class MessageReader {

  /** What {@link #next()} has come to. */
  public enum Step {
    /** Nothing more at present: bytes are missing, or QPACK's encoder stream is behind. */
    NOTHING_NOW,
    /** An interim response; {@link MessageReader#responseHead()}. */
    INFORMATIONAL,
    /** The head; {@link MessageReader#requestHead()} or {@link MessageReader#responseHead()}. */
    HEAD,
    /** At content, for {@link MessageReader#readData}. */
    CONTENT,
    /** The trailer section; {@link MessageReader#trailers()}. */
    TRAILERS,
    /** It is no message: {@link MessageReader#signal()} makes the stream an extension's. */
    SIGNAL,
    /** {@link MessageReader#ending()} is there. */
    END
  }

  /**
   * Interim responses cost little each, but an application hears of every one. Nobody has a use for
   * more than a few.
   */
  private static final int MAX_INFORMATIONAL = 64;

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final RecvStream in;
  private final FrameReader frames;
  private final FieldSectionDecoder decoder;
  private final MessageGate gate;
  private final Http3Trace trace;
  private final boolean connectProtocol;

  private RequestHead request;
  private ResponseHead response;
  private Fields trailers;
  private RequestEnding ending;
  private boolean blocked;

  /** How the connection ended; null while it lives. */
  private ConnectionEnding over;

  private Step unblocked;
  private int informational;

  private MessageReader(
      RecvStream in,
      FieldSectionDecoder decoder,
      int maxFieldSectionSize,
      RequestHead request,
      boolean connectProtocol,
      StreamClaims claims,
      Http3Trace trace) {
    this.in = in;
    this.decoder = decoder;
    this.request = request;
    this.connectProtocol = connectProtocol;
    this.trace = trace;
    gate = new MessageGate(request == null, claims);
    // An encoded section is no larger than its lines with 32 bytes for each, but for its prefix.
    int maxEncoded = Math.clamp(maxFieldSectionSize + 16L, 0, LONGEST_ARRAY);
    frames = new FrameReader(in, trace.watched(in.id(), gate), maxEncoded);
  }

  /**
   * Reads a request.
   *
   * @param maxFieldSectionSize the largest section to accept, in bytes of RFC 9114 §4.2.2
   * @param connectProtocol whether extended CONNECT is offered (RFC 9220)
   * @param claims says which streams are no requests
   * @param trace is told of the frames
   */
  public static MessageReader ofRequest(
      RecvStream in,
      FieldSectionDecoder decoder,
      int maxFieldSectionSize,
      boolean connectProtocol,
      StreamClaims claims,
      Http3Trace trace) {
    return new MessageReader(
        in, decoder, maxFieldSectionSize, null, connectProtocol, claims, trace);
  }

  /**
   * Reads the responses to a request.
   *
   * @param request decides with the status whether there is content (RFC 9110 §6.4.1)
   * @param claims says which types are signals, which have no place in a response
   * @param trace is told of the frames
   */
  public static MessageReader ofResponse(
      RecvStream in,
      FieldSectionDecoder decoder,
      int maxFieldSectionSize,
      RequestHead request,
      StreamClaims claims,
      Http3Trace trace) {
    return new MessageReader(in, decoder, maxFieldSectionSize, request, false, claims, trace);
  }

  /** The request: from the beginning at a client, once it has arrived at a server. */
  public RequestHead requestHead() {
    return request;
  }

  /** The last response that arrived, interim or final; null before. */
  public ResponseHead responseHead() {
    return response;
  }

  /** The trailer section; null when there was none yet. */
  public Fields trailers() {
    return trailers;
  }

  /** How the message ended; null before {@link Step#END}. */
  public RequestEnding ending() {
    return ending;
  }

  /** The signal that the last {@link #next()} came to. */
  public long signal() {
    return frames.signal();
  }

  /** Whether the stream finished and all of it was read: every field section that it had. */
  public boolean isReadToTheEnd() {
    return in.ending() instanceof StreamEnding.Finished;
  }

  /** Whether the final head has arrived. */
  public boolean isAfterHead() {
    return gate.isAfterHead();
  }

  /**
   * Goes on to the next thing. At CONTENT it stays until the content at hand was read, and at END
   * for ever.
   *
   * @throws ConnectionErrorException when the peer broke a rule that costs the connection
   */
  public Step next() {
    if (ending != null) {
      return Step.END;
    }
    if (blocked) {
      return Step.NOTHING_NOW;
    }
    if (unblocked != null) {
      Step step = unblocked;
      unblocked = null;
      return step;
    }
    try {
      while (true) {
        Step step = step();
        if (step != null) {
          return step;
        }
      }
    } catch (MalformedMessageException e) {
      return refuse(Http3Error.H3_MESSAGE_ERROR, e.getMessage());
    }
  }

  private Step step() {
    return switch (frames.next()) {
      case NOTHING_NOW -> Step.NOTHING_NOW;
      case DATA -> Step.CONTENT;
      case SIGNAL -> Step.SIGNAL;
      case END -> end();
      case SECTION_TOO_LARGE ->
          refuse(Http3Error.H3_EXCESSIVE_LOAD, "a field section larger than the limit");
      case FRAME ->
          switch (frames.frame()) {
            case HeadersFrame(byte[] section) -> decoded(decoder.decode(in.id(), section));
            // The gate lets nothing else pass but a promise, and no push was ever allowed.
            default ->
                throw new ConnectionErrorException(
                    Http3Error.H3_ID_ERROR, "PUSH_PROMISE, but no MAX_PUSH_ID was sent");
          };
    };
  }

  /**
   * Copies content.
   *
   * @param length at least 1
   * @return the number of bytes; 0 when {@link #next()} says why there are none
   * @throws ConnectionErrorException H3_FRAME_ERROR when the stream finishes within a frame
   */
  public int readData(byte[] target, int offset, int length) {
    return isWithinContent() ? taken(frames.readData(target, offset, length)) : 0;
  }

  /**
   * The same without copying; see {@link RecvStream#take}.
   *
   * @throws ConnectionErrorException as from {@link #readData}
   */
  public int takeData(int most, RecvStream.Taker to) {
    return isWithinContent() ? taken(frames.takeData(most, to)) : 0;
  }

  private int taken(int read) {
    if (read == RecvStream.ENDED) {
      end();
      return 0;
    }
    return read;
  }

  /** Whether there is content that {@link #readData} must read before anything else comes. */
  public boolean isWithinContent() {
    return ending == null && frames.dataRemaining() > 0;
  }

  /** Bytes of content of the current DATA frame that have arrived. */
  public int available() {
    return ending != null ? 0 : (int) Math.min(frames.dataRemaining(), in.available());
  }

  /** The section that this message waited for is decoded. */
  public void onUnblocked(Decoded section) {
    if (!blocked || ending != null) {
      return;
    }
    blocked = false;
    try {
      unblocked = decoded(section);
    } catch (MalformedMessageException e) {
      refuse(Http3Error.H3_MESSAGE_ERROR, e.getMessage());
    }
  }

  /** This side reads no more of the message; what it has of it is dropped. */
  public void abandon(RequestEnding how, long code) {
    if (ending == null) {
      ending = how;
    }
    in.stopSending(code);
  }

  /**
   * The connection ended: a section that still waits, or is yet to be come to and would have to,
   * will never be decoded, and a message that broke the connection itself goes no further.
   */
  public void onConnectionEnded(ConnectionEnding cause, boolean broken) {
    over = cause;
    if (ending == null && (blocked || broken)) {
      lost(cause);
    }
  }

  private Step decoded(Decoded section) {
    return switch (section) {
      case Decoded.Fields(List<FieldLine> lines) -> section(lines);
      case Decoded.Blocked waits -> {
        if (over != null) {
          lost(over);
          yield Step.END;
        }
        blocked = true;
        yield Step.NOTHING_NOW;
      }
      case Decoded.TooLarge(long limit, String reason) ->
          refuse(Http3Error.H3_EXCESSIVE_LOAD, reason);
    };
  }

  private Step section(List<FieldLine> lines) {
    trace.headersParsed(in.id(), lines);
    if (gate.isAfterHead()) {
      trailers = TrailerSection.parse(lines);
      gate.onTrailers();
      return Step.TRAILERS;
    }
    if (request == null) {
      RequestHead head = RequestHeaderSection.parse(lines, connectProtocol);
      gate.onRequest(head);
      request = head;
      return Step.HEAD;
    }
    ResponseHead head = ResponseHeaderSection.parse(lines);
    if (head.isInformational()) {
      if (++informational > MAX_INFORMATIONAL) {
        return refuse(Http3Error.H3_EXCESSIVE_LOAD, "too many interim responses");
      }
      response = head;
      return Step.INFORMATIONAL;
    }
    gate.onResponse(request, head);
    response = head;
    return Step.HEAD;
  }

  /** The stream has no more to give. */
  private Step end() {
    switch (in.ending()) {
      case StreamEnding.Finished finished -> {
        return finished();
      }
      case StreamEnding.ResetByPeer(long code) -> ending = reset(code);
      case StreamEnding.ConnectionEnded(ConnectionEnding cause) -> lost(cause);
      case StreamEnding.AbandonedLocally(long code) -> ending = new RequestEnding.Abandoned(code);
      case StreamEnding.StoppedByPeer(long code) -> ending = new RequestEnding.Abandoned(code);
    }
    return Step.END;
  }

  private Step finished() {
    if (!gate.isAfterHead()) {
      return gate.isRequest()
          ? refuse(Http3Error.H3_REQUEST_INCOMPLETE, "the stream finished before a request")
          : refuse(Http3Error.H3_MESSAGE_ERROR, "the stream finished before a response");
    }
    if (gate.isShort()) {
      return refuse(Http3Error.H3_MESSAGE_ERROR, "less content than content-length says");
    }
    ending = new RequestEnding.Complete();
    return Step.END;
  }

  private RequestEnding reset(long code) {
    if (isContentComplete()) {
      return new RequestEnding.Complete();
    }
    boolean afterHead = gate.isAfterHead();
    boolean rejected = Http3Error.of(code) == Http3Error.H3_REQUEST_REJECTED;
    return rejected && !afterHead && !gate.isRequest()
        ? new RequestEnding.Rejected()
        : new RequestEnding.ResetByPeer(code, afterHead);
  }

  private void lost(ConnectionEnding cause) {
    ending =
        isContentComplete()
            ? new RequestEnding.Complete()
            : new RequestEnding.ConnectionLost(cause, gate.isAfterHead());
  }

  private boolean isContentComplete() {
    return gate.isContentComplete() && frames.dataRemaining() == 0;
  }

  private Step refuse(Http3Error error, String reason) {
    ending = new RequestEnding.StreamError(error, reason, gate.isAfterHead());
    return Step.END;
  }
}
