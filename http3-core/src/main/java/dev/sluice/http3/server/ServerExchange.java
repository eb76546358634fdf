package dev.sluice.http3.server;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.ContentDroppedException;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.InboundPipe;
import dev.sluice.quic.io.OutboundPipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * One exchange, between the connection on the loop thread and the handler on its own. The two
 * bodies go through pipes; everything else is a task for the loop. Methods of {@link Http3Exchange}
 * belong to the handler, those named "on..." to the loop.
 */
final class ServerExchange implements Http3Exchange {

  /** Each way, and only as far as it is used. Half of it is moved for one wake-up. */
  private static final int PIPE_CAPACITY = 512 * 1024;

  /** Small writes gather up to this, two dozen full packets. */
  private static final int FLUSH_THRESHOLD = 32 * 1024;

  private final ServerConnection connection;
  private final RequestStream stream;
  private final RequestHead request;
  private final InetSocketAddress remote;
  private final boolean cameEarly;
  private final InboundPipe inbound;
  private final OutboundPipe outbound;
  private final RequestBodyStream requestBody;

  /** Handler: the body of the response once it was begun. */
  private ResponseBodyStream responseBody;

  /** Set by the handler before it wakes the loop. */
  private volatile ResponseHead responseHead;

  private volatile Fields responseTrailers;
  private volatile boolean handlerReturned;

  /** Set by the loop before it ends the inbound pipe. */
  private volatile Fields requestTrailers = Fields.EMPTY;

  // Loop only.
  private boolean headSent;
  private boolean responseOver;
  private boolean requestOver;

  ServerExchange(ServerConnection connection, RequestStream stream, RequestHead request) {
    this.connection = connection;
    this.stream = stream;
    this.request = request;
    this.remote = connection.remoteAddress();
    this.cameEarly = stream.isEarly();
    this.inbound =
        new InboundPipe(PIPE_CAPACITY, () -> onLoop(this::onReadable), () -> onLoop(this::settle));
    this.outbound = new OutboundPipe(PIPE_CAPACITY, FLUSH_THRESHOLD, () -> onLoop(this::pump));
    this.requestBody =
        new RequestBodyStream(
            inbound.stream(),
            ExpectContinue.isWanted(request.fields()) ? () -> onLoop(this::sayContinue) : null);
  }

  private boolean onLoop(Runnable task) {
    return connection.onLoop(task);
  }

  // ---- The loop's side ----

  void onReadable() {
    if (!requestOver) {
      inbound.fill(stream::takeData); // what its result says comes as an event, too
    }
  }

  void onTrailers(Fields fields) {
    requestTrailers = fields;
  }

  void onEnded(RequestEnding ending) {
    requestOver = true;
    if (ending.isComplete()) {
      inbound.end();
      return;
    }
    Supplier<IOException> failure = () -> new RequestEndedException(ending);
    inbound.fail(failure);
    if (ending instanceof RequestEnding.ConnectionLost) {
      abandonResponse(failure);
    } else if (ending instanceof RequestEnding.StreamError error && !responseOver) {
      abandonResponse(failure);
      stream.reset(error.error());
    }
  }

  void onStopped(long code) {
    abandonResponse(() -> new RequestEndedException(new RequestEnding.ResetByPeer(code, true)));
  }

  /**
   * The connection is gone. What of the request arrived goes to the handler, who may take its time:
   * nothing of it is left to the loop, which may end before.
   */
  void onConnectionEnded(RequestEnding ending, ContentRetention retention) {
    if (!requestOver) {
      inbound.fillAll(stream::takeData);
    }
    Duration limit = retention.limit();
    retention.hold(inbound, () -> new ContentDroppedException(limit));
    abandonResponse(() -> new RequestEndedException(ending));
  }

  void onWritable() {
    pump();
  }

  private void abandonResponse(Supplier<IOException> failure) {
    responseOver = true;
    outbound.fail(failure);
  }

  /** Moves the response on: its head, what the body's pipe holds, its end. */
  private void pump() {
    if (responseOver || responseHead == null) {
      return;
    }
    if (!headSent && !sendHead()) {
      return;
    }
    if (outbound.drain(stream::writeData) == OutboundPipe.Drained.FINISHED) {
      endResponse();
    }
  }

  private boolean sendHead() {
    headSent = true;
    ResponseHead head = responseHead;
    boolean whole = outbound.isClosed();
    if (whole && responseTrailers == null) {
      head = ResponseRules.withContentLength(head, request.method(), responseBody.written());
    }
    try {
      stream.sendResponse(head, whole && outbound.buffered() == 0 && responseTrailers == null);
      return true;
    } catch (RuntimeException e) {
      // Larger than the client takes, or malformed in a way that only the encoder saw.
      headSent = false;
      sendServerError();
      outbound.fail(() -> new IOException("the response's head cannot be sent", e));
      return false;
    }
  }

  private void endResponse() {
    responseOver = true;
    Fields trailers = responseTrailers;
    if (trailers == null) {
      stream.finish();
    } else {
      sendTrailers(stream, trailers);
    }
    settle();
  }

  private static void sendTrailers(RequestStream stream, Fields trailers) {
    try {
      stream.sendTrailers(trailers);
    } catch (RuntimeException e) {
      // Larger than the client takes, or malformed in a way that only the encoder saw.
      stream.reset(Http3Error.H3_INTERNAL_ERROR);
    }
  }

  private void sayContinue() {
    if (!headSent && !responseOver && !requestOver) {
      stream.sendInformational(new ResponseHead(100, Fields.EMPTY));
    }
  }

  private void sendServerError() {
    responseOver = true;
    headSent = true;
    stream.sendResponse(new ResponseHead(500, Fields.of("content-length", "0")), true);
  }

  /** When all is said and nobody reads: the client need not send the rest (RFC 9114 §4.1). */
  private void settle() {
    if (responseOver && handlerReturned && !requestOver) {
      requestOver = true;
      stream.stopReading(Http3Error.H3_NO_ERROR);
    }
  }

  /** The response is cut short, or becomes a 500 when nothing of it was sent. */
  private void breakResponse(Throwable cause) {
    if (responseOver) {
      return;
    }
    outbound.fail(() -> new IOException("the handler has failed", cause));
    if (headSent) {
      responseOver = true;
      stream.reset(Http3Error.H3_INTERNAL_ERROR);
    } else {
      sendServerError();
    }
    settle();
  }

  // ---- The handler's side ----

  /** The handler has returned. */
  void finish() {
    handlerReturned = true;
    if (responseBody == null) {
      fail(new IllegalStateException("the handler has not responded"));
      return;
    }
    try {
      responseBody.close();
    } catch (IOException e) {
      // The client knows, or has gone.
    }
    onLoop(this::settle);
  }

  /** The handler has thrown this. */
  void fail(Throwable cause) {
    handlerReturned = true;
    onLoop(() -> breakResponse(cause));
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public URI uri() {
    return RequestUri.of(request, connection.localAddress());
  }

  @Override
  public String authority() {
    return request.authority() != null ? request.authority() : request.fields().first("host");
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public Fields headers() {
    return request.fields();
  }

  @Override
  public InputStream requestBody() {
    return requestBody;
  }

  @Override
  public Fields requestTrailers() {
    if (!requestBody.isAtEnd()) {
      throw new IllegalStateException("trailers follow the body, which was not read to its end");
    }
    return requestTrailers;
  }

  @Override
  public void sendInformational(int status, Fields fields) throws IOException {
    if (status < 100 || status > 199 || status == 101) {
      throw new IllegalArgumentException("not an interim status: " + status);
    }
    if (responseBody != null) {
      throw new IllegalStateException("the response was begun");
    }
    await(() -> stream.sendInformational(new ResponseHead(status, fields)));
  }

  /** Runs on the loop, and gives what it throws to the handler. */
  private void await(Runnable task) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    boolean accepted =
        onLoop(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    if (!accepted) {
      throw new IOException("the server was closed");
    }
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IllegalArgumentException illegal -> throw illegal;
        case Throwable other -> throw new IOException(other);
      }
    }
  }

  @Override
  public OutputStream respond(int status, Fields fields) throws IOException {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    if (responseBody != null) {
      throw new IllegalStateException("the response was begun before");
    }
    responseBody =
        new ResponseBodyStream(
            outbound.stream(),
            ResponseRules.body(status, request.method()),
            ResponseRules.contentLength(fields, status, request.method()),
            () -> onLoop(this::pump),
            failure -> onLoop(() -> breakResponse(failure)));
    responseHead = new ResponseHead(status, fields);
    return responseBody;
  }

  @Override
  public void sendTrailers(Fields fields) throws IOException {
    if (responseBody == null || responseBody.isClosed()) {
      throw new IllegalStateException("trailers end a response that was begun and has not ended");
    }
    ResponseRules.checkTrailers(fields);
    responseTrailers = fields;
    responseBody.close();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public boolean isEarly() {
    return EarlyGate.isMarked(request) || cameEarly && !connection.early().isHandshakeComplete();
  }

  @Override
  public void awaitHandshake() throws IOException {
    connection.early().awaitHandshake();
  }

  @Override
  public ConnectionInfo connection() {
    return connection.info();
  }
}
