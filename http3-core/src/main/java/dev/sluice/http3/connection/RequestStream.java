package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
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
import java.util.function.IntBinaryOperator;

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
  private final MessageReader reader;
  private final OutgoingMessage out;

  private Object attachment;
  private final ExchangePriority priority;
  // A server's user does not know a request before its head.
  private boolean announced;
  private boolean tellReadable = true;
  private boolean received;
  private boolean sent;

  private RequestStream(
      Http3Connection connection, BidiStream stream, boolean client, MessageReader reader) {
    this.connection = connection;
    this.stream = stream;
    this.client = client;
    this.reader = reader;
    this.out = new OutgoingMessage(connection, stream.send());
    this.priority = new ExchangePriority(stream.send(), connection.trace());
    this.announced = client;
  }

  /** A client's exchange; {@link #sendRequest} is the next step. */
  static RequestStream opened(Http3Connection connection, BidiStream stream, RequestHead head) {
    MessageReader reader =
        MessageReader.ofResponse(
            stream.recv(),
            connection.compression(),
            connection.config().maxFieldSectionSize(),
            head,
            connection.claims(),
            connection.trace());
    return new RequestStream(connection, stream, true, reader);
  }

  /** A server's exchange, on a stream that the client opened. */
  static RequestStream accepted(Http3Connection connection, BidiStream stream) {
    MessageReader reader =
        MessageReader.ofRequest(
            stream.recv(),
            connection.compression(),
            connection.config().maxFieldSectionSize(),
            connection.config().enableConnectProtocol(),
            connection.claims(),
            connection.trace());
    return new RequestStream(connection, stream, false, reader);
  }

  /** The QUIC stream's id. */
  public long id() {
    return stream.id();
  }

  /** The request's head: what was sent at a client, what arrived at a server. */
  public RequestHead request() {
    return reader.requestHead();
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
    return content(length, (done, left) -> reader.readData(target, offset + done, left));
  }

  /** The same without copying: hands content over where it lies ({@link RecvStream#take}). */
  public int takeData(int most, RecvStream.Taker to) {
    return content(most, (done, left) -> reader.takeData(left, to));
  }

  /** Reads on with {@code next}, which is told how many bytes are done and how many left. */
  private int content(int length, IntBinaryOperator next) {
    tellReadable = false;
    int total = 0;
    try {
      while (total < length) {
        int read = next.applyAsInt(total, length - total);
        total += read;
        if (read == 0 && !moveOn()) {
          break;
        }
      }
      if (total == length) {
        // What follows the content is known as soon as the content was read.
        moveOn();
      }
    } catch (ConnectionErrorException e) {
      broke(e);
    }
    if (total > 0) {
      return total;
    }
    tellReadable = !received;
    return received ? ENDED : NOTHING_NOW;
  }

  /** Goes past what is not content; whether there is new content to read. */
  private boolean moveOn() {
    if (reader.isWithinContent()) {
      return false;
    }
    advance();
    return reader.isWithinContent();
  }

  /** Bytes of content that {@link #readData} is certain to give at once; there may be more. */
  public int available() {
    return reader.available();
  }

  /** The trailer section; null when there was none, or not yet. */
  public Fields trailers() {
    return reader.trailers();
  }

  /**
   * Reads no more: drops what is buffered and asks the peer to stop (STOP_SENDING). The exchange's
   * ending is Abandoned, unless it has one already.
   */
  public void stopReading(Http3Error error) {
    if (!received) {
      reader.abandon(new RequestEnding.Abandoned(error.code()), error.code());
      onReceived();
    }
  }

  /** Gives up both directions (RFC 9114 §4.1.1). */
  public void cancel(Http3Error error) {
    reset(error);
    stopReading(error);
  }

  /** How what this exchange receives ended; null until everything that arrived was read. */
  public RequestEnding ending() {
    return received ? reader.ending() : null;
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

  // What the connection tells

  /** Moves on as far as it goes without reading content, and says what it comes to. */
  void advance() {
    if (received) {
      return;
    }
    try {
      boolean more = true;
      while (more) {
        more = onStep(reader.next());
      }
    } catch (ConnectionErrorException e) {
      broke(e);
    }
    connection.flushCompression();
  }

  private boolean onStep(MessageReader.Step step) {
    switch (step) {
      case NOTHING_NOW -> {
        return false;
      }
      case INFORMATIONAL ->
          connection.emit(new Http3Event.Informational(this, reader.responseHead()));
      case HEAD -> {
        onHead();
        return !received;
      }
      case TRAILERS -> connection.emit(new Http3Event.Trailers(this, reader.trailers()));
      case CONTENT -> {
        emitReadable();
        return false;
      }
      case END -> {
        onReceived();
        return false;
      }
      case SIGNAL -> {
        received = true;
        connection.handOver(reader.signal(), stream);
        return false;
      }
    }
    return true;
  }

  private void onHead() {
    if (client) {
      connection.emit(new Http3Event.Response(this, reader.responseHead()));
      return;
    }
    if (connection.rejects(id())) {
      reject();
      return;
    }
    announced = true;
    Priority update = connection.takePriority(id());
    Priority asked = update == null ? ExchangePriority.of(request().fields()) : update;
    // A request that says nothing about it has the default priority (RFC 9218 §4).
    priority.set(asked == null ? Priority.DEFAULT : asked);
    connection.emit(new Http3Event.Request(this, request()));
  }

  /** Server: it came after our GOAWAY (RFC 9114 §5.2). */
  private void reject() {
    reset(Http3Error.H3_REQUEST_REJECTED);
    stopReading(Http3Error.H3_REQUEST_REJECTED);
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

  private void emitReadable() {
    if (tellReadable && reader.isAfterHead() && announced) {
      tellReadable = false;
      connection.emit(new Http3Event.Readable(this));
    }
  }

  /** What there was to receive has been handed over. */
  private void onReceived() {
    received = true;
    RequestEnding ending = reader.ending();
    if (!ending.isComplete()) {
      connection.compression().cancel(id());
    }
    if (ending instanceof RequestEnding.StreamError error) {
      abort(error);
    }
    if (ending instanceof RequestEnding.ResetByPeer && !client && !out.writer().isFinished()) {
      connection.onUnansweredReset();
    }
    if (announced) {
      emitReadable();
      connection.emit(new Http3Event.RequestEnded(this, ending));
    }
    closeWhenDone();
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

  /** The peer broke a rule on this stream that costs the connection. */
  private void broke(ConnectionErrorException e) {
    connection.fail(e);
    onConnectionEnded(connection.ending(), true);
  }

  /** The section that waited has been decoded. */
  void onUnblocked(Decoded section) {
    try {
      reader.onUnblocked(section);
    } catch (ConnectionErrorException e) {
      broke(e);
      return;
    }
    advance();
  }

  /** Client: the server's GOAWAY leaves this request out. */
  void onNotCovered(long goawayId) {
    if (!received && !reader.isAfterHead()) {
      long code = Http3Error.H3_REQUEST_CANCELLED.code();
      reset(Http3Error.H3_REQUEST_CANCELLED);
      reader.abandon(new RequestEnding.NotCoveredByGoaway(goawayId), code);
      onReceived();
    }
  }

  void onWritable() {
    if (out.writer().onWritable()) {
      connection.emit(new Http3Event.Writable(this));
    }
  }

  void onStopped(long code) {
    out.writer().cut();
    if (announced) {
      connection.emit(new Http3Event.Stopped(this, code));
    }
  }

  void onSendCompleted() {
    sent = true;
    closeWhenDone();
  }

  /**
   * @param broken whether it was this stream that broke the connection
   */
  void onConnectionEnded(ConnectionEnding cause, boolean broken) {
    if (!received) {
      reader.onConnectionEnded(cause, broken);
      advance();
    }
    out.writer().cut();
  }

  private void closeWhenDone() {
    if (received && sent) {
      connection.onClosed(this);
      if (announced) {
        connection.emit(new Http3Event.Closed(this));
      }
    }
  }
}
