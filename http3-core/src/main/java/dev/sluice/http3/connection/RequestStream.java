package dev.sluice.http3.connection;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.stream.MessageReader;
import dev.sluice.qpack.Decoded;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.ReturnedChunks;
import java.util.List;
import java.util.Objects;

/**
 * One exchange: a request and its responses on one bidirectional stream (RFC 9114 §4.1), in either
 * role. Content is read from and written to the QUIC stream directly, so its flow control is the
 * back-pressure.
 *
 * <p>What was received is delivered before its ending: {@link #readData} gives every byte that
 * arrived, of a DATA frame cut short too, and only then ENDED.
 */
public final class RequestStream {
  /** {@link #readData} has nothing at present; a Readable event follows. */
  public static final int NOTHING_NOW = 0;

  /** {@link #readData} gives no more bytes. */
  public static final int ENDED = -1;

  private final Http3Connection connection;
  private final BidiStream stream;
  private final boolean client;
  private final IncomingMessage in;
  private final OutgoingMessage out;
  private final ExchangePriority priority;

  private Object attachment;
  private boolean answered;
  private boolean givenUp;
  private boolean sent;

  /** Server: the client wanted no response before its request's head was here; told after that. */
  private Http3Event.Stopped stopped;

  private RequestStream(
      Http3Connection connection, BidiStream stream, boolean client, MessageReader reader) {
    this.connection = connection;
    this.stream = stream;
    this.client = client;
    this.in = new IncomingMessage(this, connection, reader, client);
    this.out = new OutgoingMessage(connection, stream.send());
    this.priority = new ExchangePriority(stream.send(), connection.trace());
  }

  /** A client's exchange; {@link #sendRequest} is the next step. */
  static RequestStream opened(Http3Connection connection, BidiStream stream, RequestHead head) {
    MessageReader reader = IncomingMessage.ofResponse(connection, stream.recv(), head);
    return new RequestStream(connection, stream, true, reader);
  }

  /** A server's exchange, on a stream that the client opened. */
  static RequestStream accepted(Http3Connection connection, BidiStream stream) {
    MessageReader reader = IncomingMessage.ofRequest(connection, stream.recv());
    return new RequestStream(connection, stream, false, reader);
  }

  /** The QUIC stream's id. */
  public long id() {
    return stream.id();
  }

  /** The request's head: what was sent at a client, what arrived at a server. */
  public RequestHead request() {
    return in.request();
  }

  /** Whatever the user of this stream has tied to it; null at first. */
  public Object attachment() {
    return attachment;
  }

  /** Ties something to this stream, for the user's own book-keeping. */
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }

  // Sending

  /** Client: sends the head, which has been checked. */
  void sendRequest(RequestHead head, List<FieldLine> lines, boolean end) {
    out.sendRequest(head, lines);
    Priority asked = ExchangePriority.of(head.fields());
    if (asked != null) {
      priority.set(asked);
    }
    if (end) {
      finish();
    }
  }

  /**
   * Server: sends an interim response, before the final one. Nothing happens when {@link #isCut()}.
   *
   * @throws IllegalStateException after the final response
   * @throws IllegalArgumentException when the status is not 1xx, is 101, or a field is malformed
   */
  public void sendInformational(ResponseHead head) {
    requireServer();
    out.sendInformational(head);
  }

  /**
   * Server: sends the final response's head. Nothing happens when {@link #isCut()}. A Priority
   * field in it is merged with what the client has said (RFC 9218 §8).
   *
   * @param end whether it is the whole response
   * @throws IllegalStateException when it was sent before
   * @throws IllegalArgumentException when the head would be malformed
   * @throws dev.sluice.http3.message.FieldSectionTooLargeException when the client does not take
   *     that much
   */
  public void sendResponse(ResponseHead head, boolean end) {
    requireServer();
    answered = true;
    out.sendResponse(request(), head);
    priority.onResponse(head.fields());
    if (end) {
      finish();
    }
  }

  private void requireServer() {
    if (client) {
      throw new IllegalStateException("a client sends no responses");
    }
  }

  /**
   * Sends content as far as there is room.
   *
   * @return how many bytes were taken, 0 to {@code length}; when fewer than {@code length}, a
   *     Writable event follows unless {@link #isCut()}
   * @throws IllegalStateException before the head, after the end of the message, or for more than
   *     the head allows: its Content-Length, or nothing after HEAD, 204 and 304
   */
  public int writeData(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    return out.writeData(source, offset, length);
  }

  /** The same without copying: hands content over where it lies ({@code SendStream.adopt}). */
  public int adoptData(byte[] array, int offset, int length, ReturnedChunks home) {
    return out.adoptData(array, offset, length, home);
  }

  /** Bytes of content that {@link #writeData} would take at once. */
  public int writable() {
    return out.writer().writable();
  }

  /**
   * Whether what this side sends was cut short, by a reset here, by the peer, or by the end of the
   * connection. Writes have no effect then.
   */
  public boolean isCut() {
    return out.writer().isCut();
  }

  /**
   * Sends the trailer section and ends the message.
   *
   * @throws IllegalStateException before the head, after the end of the message, or in a tunnel
   * @throws IllegalArgumentException when a field is malformed or the section is too large
   */
  public void sendTrailers(Fields fields) {
    out.sendTrailers(fields);
  }

  /**
   * Ends the message. Nothing happens when it has ended. A message with less content than its
   * Content-Length promised cannot be ended well and is reset with H3_INTERNAL_ERROR instead.
   *
   * @throws IllegalStateException before the head
   */
  public void finish() {
    out.finish();
  }

  /** Cuts short what this side sends (RESET_STREAM). Nothing happens when all of it arrived. */
  public void reset(Http3Error error) {
    out.reset(error);
  }

  // Receiving

  /** Server: whether some of what has arrived came as 0-RTT; see {@link RecvStream#isEarly}. */
  public boolean isEarly() {
    return stream.recv().isEarly();
  }

  /**
   * Copies content out, in order, straight from the QUIC stream.
   *
   * @param length at least 1
   * @return the number of bytes, {@link #NOTHING_NOW} or {@link #ENDED}
   */
  public int readData(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    return in.readData(target, offset, length);
  }

  /** The same without copying: hands content over where it lies ({@link RecvStream#take}). */
  public int takeData(int most, RecvStream.Taker to) {
    return in.takeData(most, to);
  }

  /** Bytes of content that {@link #readData} is certain to give at once; there may be more. */
  public int available() {
    return in.available();
  }

  /** The trailer section; null when there was none, or not yet. */
  public Fields trailers() {
    return in.trailers();
  }

  /**
   * Reads no more: drops what is buffered and asks the peer to stop (STOP_SENDING). The exchange's
   * ending is Abandoned, unless it has one already.
   */
  public void stopReading(Http3Error error) {
    in.abandon(new RequestEnding.Abandoned(error.code()), error);
  }

  /** Gives up both directions (RFC 9114 §4.1.1). */
  public void cancel(Http3Error error) {
    reset(error);
    stopReading(error);
  }

  /** How what this exchange receives ended; null until everything that arrived was read. */
  public RequestEnding ending() {
    return in.ending();
  }

  /**
   * Sets the exchange's priority (RFC 9218): that of what this side sends among other streams'
   * data, and of the response, for which a client asks the server by PRIORITY_UPDATE.
   */
  public void setPriority(Priority wanted) {
    priority.set(wanted);
    if (client) {
      connection.sendPriorityUpdate(id(), wanted);
    }
  }

  /**
   * The priority that holds: what was said last, by either side, with what the response says about
   * itself, or {@link Priority#DEFAULT}.
   */
  public Priority priority() {
    return priority.holds();
  }

  /** The client says what it is to be from now on. */
  void onPriority(Priority asked) {
    priority.set(asked);
  }

  // What comes of what is received

  /** Server: the request's head is here. */
  void onRequest(RequestHead head) {
    Priority update = connection.takePriority(id());
    Priority asked = update == null ? ExchangePriority.of(head.fields()) : update;
    // A request that says nothing about it has the default priority (RFC 9218 §4).
    priority.set(asked == null ? Priority.DEFAULT : asked);
    connection.emit(new Http3Event.Request(this, head));
    if (stopped != null) {
      tellStopped(stopped);
    }
  }

  /** Server: it is no request, but an extension's stream. */
  void handOver(long signal) {
    connection.handOver(signal, stream);
  }

  /** There is no more of it; what that means for the other direction. */
  void onReceived(RequestEnding ending) {
    switch (ending) {
      case RequestEnding.StreamError error -> {
        abort(error);
        if (in.isAnnounced()) {
          onGivenUp();
        }
      }
      case RequestEnding.ResetByPeer reset -> {
        if (!client && !in.isAnnounced()) {
          reset(Http3Error.H3_REQUEST_INCOMPLETE); // nobody else knows that there is one to end
        }
        onGivenUp();
      }
      default -> {}
    }
  }

  /** The client has had a request handled, perhaps, for an answer that it does not want. */
  private void onGivenUp() {
    if (!client && !answered && !givenUp) {
      givenUp = true;
      connection.onGivenUp();
    }
  }

  /** A stream error (RFC 9114 §8): both directions end with its code. */
  private void abort(RequestEnding.StreamError error) {
    boolean tooLarge = error.error() == Http3Error.H3_EXCESSIVE_LOAD;
    if (tooLarge && !client && !error.afterHead()) {
      out.refuseTooLarge();
      stream.recv().stopSending(Http3Error.H3_NO_ERROR.code());
      return;
    }
    reset(error.error());
    stream.recv().stopSending(error.error().code());
  }

  /** Whether both messages came to ends of their own. */
  boolean ranItsCourse() {
    return ending().isComplete() && out.writer().isFinished();
  }

  void closeWhenDone() {
    if (in.isReceived() && sent) {
      connection.onClosed(this);
      if (in.isAnnounced() || connection.hasExtension()) {
        connection.emit(new Http3Event.Closed(this));
      }
    }
  }

  // What the connection tells

  /** Moves on as far as it goes without reading content, and says what it comes to. */
  void advance() {
    in.advance();
  }

  /** The section that waited has been decoded. */
  void onUnblocked(Decoded section) {
    in.onUnblocked(section);
  }

  /** Client: the server's GOAWAY leaves this request out. */
  void onNotCovered(long goawayId) {
    if (in.isUnanswered()) {
      reset(Http3Error.H3_REQUEST_CANCELLED);
      in.abandon(new RequestEnding.NotCoveredByGoaway(goawayId), Http3Error.H3_REQUEST_CANCELLED);
    }
  }

  void onWritable() {
    if (out.writer().onWritable()) {
      connection.emit(new Http3Event.Writable(this));
    }
  }

  void onStopped(long code) {
    out.writer().cut();
    Http3Event.Stopped event = new Http3Event.Stopped(this, code);
    if (in.isAnnounced()) {
      tellStopped(event);
    } else {
      stopped = event;
    }
  }

  private void tellStopped(Http3Event.Stopped event) {
    connection.emit(event);
    onGivenUp();
  }

  void onSendCompleted() {
    sent = true;
    closeWhenDone();
  }

  /**
   * @param broken whether it was this stream that broke the connection
   */
  void onConnectionEnded(ConnectionEnding cause, boolean broken) {
    if (client && stream.send().sent() == 0 && in.isUnanswered()) {
      // Whatever its method, the server cannot have acted on what it has not heard of.
      in.abandon(new RequestEnding.NotSent(cause), Http3Error.H3_REQUEST_CANCELLED);
    } else {
      in.onConnectionEnded(cause, broken);
    }
    out.writer().cut();
  }
}
