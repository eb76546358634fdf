package dev.sluice.http3.server;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.io.OutboundPipe;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A response on its way from the handler's thread to the stream. A small one comes whole, in one
 * task for the loop: its head, its bytes and its end. One that outgrows that, or is flushed, goes
 * through a pipe from there on.
 */
final class OutgoingResponse implements ResponseBodyStream.Target {

  /** Only as far as it is used. Half of it is moved for one wake-up. */
  private static final int PIPE_CAPACITY = 512 * 1024;

  /** Small writes gather up to this, two dozen full packets. */
  private static final int FLUSH_THRESHOLD = 32 * 1024;

  private final ServerExchange exchange;
  private final RequestStream stream;

  /** Handler: what it has said, and the body once it was begun. */
  private ResponseHead begun;

  private ResponseBodyStream body;

  /** The content of a response that comes whole; the loop sees it once it sees the head. */
  private byte[] whole = ResponseBodyStream.NOTHING;

  private int wholeLength;

  /** Null as long as the content may still come whole. */
  private volatile OutboundPipe pipe;

  /** Set by the handler when there is something to send, before it wakes the loop. */
  private volatile ResponseHead head;

  private volatile Fields trailers;

  /** Set by the loop when nobody wants the rest. */
  private volatile Supplier<IOException> failure;

  /** Completed by the loop when nobody waits for the response any more. */
  private final CompletableFuture<RequestEnding> givenUp = new CompletableFuture<>();

  // Loop only.
  private int wholeSent;
  private boolean headSent;
  private boolean over;

  OutgoingResponse(ServerExchange exchange, RequestStream stream) {
    this.exchange = exchange;
    this.stream = stream;
  }

  // ---- The loop's side ----

  /** Whether nothing more will be sent. */
  boolean isOver() {
    return over;
  }

  /** Whether the head of the final response is on its way. */
  boolean isHeadSent() {
    return headSent;
  }

  /** Nobody wants the rest: the handler gets this from its next write on. */
  void abandon(RequestEnding ending) {
    over = true;
    fail(() -> new RequestEndedException(ending));
    givenUp.complete(ending);
  }

  /** First the failure, then the pipe: whoever makes the pipe looks in the other order. */
  private void fail(Supplier<IOException> cause) {
    if (failure == null) {
      failure = cause;
    }
    OutboundPipe through = pipe;
    if (through != null) {
      through.fail(cause);
    }
  }

  /** Moves the response on: its head, its content as far as there is any, its end. */
  void pump() {
    if (over || head == null) {
      return;
    }
    if (!headSent && !sendHead()) {
      return;
    }
    if (sendContent()) {
      end();
    }
  }

  private boolean sendHead() {
    headSent = true;
    ResponseHead sent = head;
    OutboundPipe through = pipe;
    boolean complete = (through == null || through.isClosed()) && trailers == null;
    boolean empty = through == null ? wholeLength == 0 : through.buffered() == 0;
    if (complete) {
      sent = ResponseRules.withContentLength(sent, stream.request().method(), body.written());
    }
    try {
      stream.sendResponse(sent, complete && empty);
      return true;
    } catch (RuntimeException e) {
      // Larger than the client takes, or malformed in a way that only the encoder saw.
      sendServerError();
      fail(() -> new IOException("the response's head cannot be sent", e));
      exchange.settle();
      return false;
    }
  }

  /** Whether that was all of it. */
  private boolean sendContent() {
    OutboundPipe through = pipe;
    if (through != null) {
      return through.hand(stream::adoptData) == OutboundPipe.Drained.FINISHED;
    }
    if (wholeSent < wholeLength) {
      wholeSent += stream.writeData(whole, wholeSent, wholeLength - wholeSent);
    }
    return wholeSent == wholeLength; // else Writable follows
  }

  private void end() {
    over = true;
    Fields last = trailers;
    if (last == null) {
      stream.finish();
    } else {
      sendTrailers(last);
    }
    exchange.settle();
  }

  private void sendTrailers(Fields fields) {
    try {
      stream.sendTrailers(fields);
    } catch (RuntimeException e) {
      // Larger than the client takes, or malformed in a way that only the encoder saw.
      stream.reset(Http3Error.H3_INTERNAL_ERROR);
    }
  }

  private void sendServerError() {
    over = true;
    headSent = true;
    stream.sendResponse(new ResponseHead(500, Fields.of("content-length", "0")), true);
  }

  /** The response is cut short, or becomes a 500 when nothing of it was sent. */
  void breakUp(Throwable cause) {
    if (over) {
      return;
    }
    fail(() -> new IOException("the handler has failed", cause));
    if (headSent) {
      over = true;
      stream.reset(Http3Error.H3_INTERNAL_ERROR);
    } else {
      sendServerError();
    }
    exchange.settle();
  }

  // ---- The handler's side ----

  /** Completes on the loop's thread if nobody waits for it any more. */
  CompletableFuture<RequestEnding> givenUp() {
    return givenUp;
  }

  /** Whether anybody waits for more of it. */
  boolean isWanted() {
    return failure == null;
  }

  /** Whether it was begun. */
  boolean isBegun() {
    return body != null;
  }

  /** Whether the handler has ended it, or could not complete it. */
  boolean isEnded() {
    return body != null && body.isOver();
  }

  /** Begins it; nothing is sent yet. */
  ResponseBody begin(int status, Fields fields) {
    String method = stream.request().method();
    begun = ResponseRules.head(status, fields, method);
    body =
        new ResponseBodyStream(
            this,
            ResponseRules.body(status, method),
            ResponseRules.contentLength(begun.fields(), status, method));
    return body;
  }

  /** Ends it with trailers. */
  void endWith(Fields fields) throws IOException {
    trailers = fields;
    body.finish();
  }

  /** Ends it, unless that was done. */
  void finish() throws IOException {
    body.finish();
  }

  @Override
  public void check() throws IOException {
    Supplier<IOException> failed = failure;
    if (failed != null) {
      throw failed.get();
    }
  }

  @Override
  public void end(byte[] content, int length) throws IOException {
    whole = content;
    wholeLength = length;
    head = begun;
    exchange.onLoop(this::pump);
    check();
  }

  @Override
  public OutboundPipe flow() throws IOException {
    OutboundPipe made =
        new OutboundPipe(
            PIPE_CAPACITY,
            FLUSH_THRESHOLD,
            () -> exchange.onLoop(this::pump),
            exchange.writerChunks());
    pipe = made;
    head = begun;
    check();
    return made;
  }

  @Override
  public void wantHead() {
    exchange.onLoop(this::pump);
  }

  @Override
  public int room(int wanted) {
    if (!exchange.isOnLoop()) {
      return wanted;
    }
    long room = PIPE_CAPACITY - pipe.buffered();
    if (room <= 0) {
      throw new IllegalStateException(
          "a handler on the loop's thread cannot wait until the client takes more");
    }
    return (int) Math.min(wanted, room);
  }

  @Override
  public void breakOff(IOException cause) {
    exchange.onLoop(() -> breakUp(cause));
  }
}
