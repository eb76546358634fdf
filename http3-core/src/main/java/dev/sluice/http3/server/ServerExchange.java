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
import dev.sluice.quic.stream.ReturnedChunks;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * One exchange, between the connection on the loop thread and the handler on its own, or on the
 * loop's as well. What of the request's body is not there when the handler begins comes through a
 * pipe; the response is {@link OutgoingResponse}'s; everything else is a task for the loop. Methods
 * of {@link Http3Exchange} belong to the handler, those named "on..." to the loop.
 */
final class ServerExchange implements Http3Exchange {

  /** Only as far as it is used. Half of it is moved for one wake-up. */
  private static final int PIPE_CAPACITY = 512 * 1024;

  private final ServerConnection connection;
  private final RequestStream stream;
  private final RequestHead request;
  private final InetSocketAddress remote;
  private final boolean cameEarly;
  private final OutgoingResponse response;

  /** Made by the loop before the handler begins; null when the request has no body. */
  private InboundPipe inbound;

  /** Handler: made when it is asked for. */
  private RequestBodyStream requestBody;

  private volatile boolean handlerReturned;

  /** Set by the loop before it ends the inbound pipe. */
  private volatile Fields requestTrailers = Fields.EMPTY;

  /** Set by the loop: nothing more is read of the request. */
  private volatile boolean requestOver;

  ServerExchange(ServerConnection connection, RequestStream stream, RequestHead request) {
    this.connection = connection;
    this.stream = stream;
    this.request = request;
    this.remote = connection.remoteAddress();
    this.cameEarly = stream.isEarly();
    this.response = new OutgoingResponse(this, stream);
  }

  /** Any thread: does it on the loop, at once when that is where it is called. */
  boolean onLoop(Runnable task) {
    return connection.onLoop(task);
  }

  /** Arrays for the writer of the response. */
  ReturnedChunks writerChunks() {
    return connection.writerChunks();
  }

  /** Whether the caller is on the loop's thread, and must not wait. */
  boolean isOnLoop() {
    return connection.isOnLoop();
  }

  // ---- The loop's side ----

  RequestHead request() {
    return request;
  }

  long id() {
    return stream.id();
  }

  /** What arrived together with the head is here; the handler begins. */
  void onBegin() {
    if (!requestOver) {
      inbound();
    }
  }

  private InboundPipe inbound() {
    if (inbound == null) {
      inbound =
          new InboundPipe(
              PIPE_CAPACITY, () -> onLoop(this::onReadable), () -> onLoop(this::settle));
    }
    return inbound;
  }

  void onReadable() {
    boolean empty = inbound == null && stream.ending() != null; // a request without content
    if (!requestOver && !empty) {
      inbound().fill(stream::takeData); // what its result says comes as an event, too
    }
  }

  void onTrailers(Fields fields) {
    requestTrailers = fields;
  }

  void onEnded(RequestEnding ending) {
    requestOver = true;
    if (ending.isComplete()) {
      if (inbound != null) {
        inbound.end();
      }
      return;
    }
    inbound().fail(() -> new RequestEndedException(ending));
    if (ending instanceof RequestEnding.ConnectionLost) {
      response.abandon(ending);
    } else if (ending instanceof RequestEnding.StreamError error && !response.isOver()) {
      response.abandon(ending);
      stream.reset(error.error());
    }
  }

  void onStopped(long code) {
    response.abandon(new RequestEnding.ResetByPeer(code, true));
    settle(); // nothing else will where the handler has returned
  }

  /**
   * The connection is gone. What of the request arrived goes to the handler, who may take its time:
   * nothing of it is left to the loop, which may end before.
   */
  void onConnectionEnded(RequestEnding ending, ContentRetention retention) {
    if (!requestOver) {
      inbound().fillAll(stream::takeData);
    }
    if (inbound != null) {
      Duration limit = retention.limit();
      retention.hold(inbound, () -> new ContentDroppedException(limit));
    }
    response.abandon(ending);
  }

  void onWritable() {
    response.pump();
  }

  private void sayContinue() {
    if (!response.isHeadSent() && !response.isOver() && !requestOver) {
      stream.sendInformational(new ResponseHead(100, Fields.EMPTY));
    }
  }

  /** When all is said and nobody reads: the client need not send the rest (RFC 9114 §4.1). */
  void settle() {
    if (response.isOver() && handlerReturned && !requestOver) {
      requestOver = true;
      stream.stopReading(Http3Error.H3_NO_ERROR);
    }
  }

  // ---- The handler's side ----

  /**
   * The handler has returned.
   *
   * @throws IllegalStateException when the client waits for a response that was never begun
   */
  void finish() {
    handlerReturned = true;
    if (!response.isBegun()) {
      if (response.isWanted()) {
        throw new IllegalStateException("the handler has not responded");
      }
      onLoop(this::settle);
      return;
    }
    try {
      response.finish();
    } catch (IOException e) {
      // The client knows, or has gone.
    }
    if (!requestOver) {
      onLoop(this::settle);
    }
  }

  /** The handler has thrown this. */
  void fail(Throwable cause) {
    handlerReturned = true;
    boolean ended = response.isEnded(); // then it is whole, wherever its bytes are by now
    onLoop(
        () -> {
          if (!ended) {
            response.breakUp(cause);
          }
          settle(); // also where the response was over before
        });
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
    if (requestBody == null) {
      requestBody =
          new RequestBodyStream(
              inbound,
              ExpectContinue.isWanted(request.fields()) ? () -> onLoop(this::sayContinue) : null,
              this::isOnLoop);
    }
    return requestBody;
  }

  @Override
  public Fields requestTrailers() {
    if (requestBody == null || !requestBody.isAtEnd()) {
      throw new IllegalStateException("trailers follow the body, which was not read to its end");
    }
    return requestTrailers;
  }

  @Override
  public void sendInformational(int status, Fields fields) throws IOException {
    if (status < 100 || status > 199 || status == 101) {
      throw new IllegalArgumentException("not an interim status: " + status);
    }
    if (response.isBegun()) {
      throw new IllegalStateException("the response was begun");
    }
    ResponseHead head = ResponseRules.head(status, fields, request.method());
    await(() -> stream.sendInformational(head));
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
  public ResponseBody respond(int status, Fields fields) throws IOException {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("not a final status: " + status);
    }
    if (response.isBegun()) {
      throw new IllegalStateException("the response was begun before");
    }
    return response.begin(status, fields);
  }

  @Override
  public void sendTrailers(Fields fields) throws IOException {
    if (!response.isBegun() || response.isEnded()) {
      throw new IllegalStateException("trailers end a response that was begun and has not ended");
    }
    ResponseRules.checkTrailers(fields);
    response.endWith(fields);
  }

  @Override
  public CompletionStage<RequestEnding> givenUp() {
    return response.givenUp().minimalCompletionStage();
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
    EarlyGate early = connection.early();
    if (isOnLoop() && !early.isHandshakeComplete()) {
      throw new IllegalStateException(
          "a handler on the loop's thread cannot wait for the handshake");
    }
    early.awaitHandshake();
  }

  @Override
  public ConnectionInfo connection() {
    return connection.info();
  }
}
