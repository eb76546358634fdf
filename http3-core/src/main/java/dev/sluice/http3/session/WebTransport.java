package dev.sluice.http3.session;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionStatistics;
import dev.sluice.http3.webtransport.WebTransportVersion;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An established WebTransport session, at a client or a server. Any thread may use it, but what
 * depends on a future or a stage from here may run on the connection's own thread, where the
 * blocking methods refuse to block.
 *
 * <p>After its end streams and datagrams that had arrived can still be accepted and read; then
 * comes a {@link SessionEndedException}.
 */
public final class WebTransport implements AutoCloseable {
  private final SessionHandle handle;

  WebTransport(SessionHandle handle) {
    this.handle = handle;
  }

  // ---- what is known of it ----

  /** The session id: the id of its CONNECT stream, which no other session of the connection has. */
  public long id() {
    return handle.session().id();
  }

  /** The draft that is spoken. */
  public WebTransportVersion version() {
    return handle.session().version();
  }

  /** The client's request: authority, path and fields. */
  public RequestHead request() {
    return handle.session().request();
  }

  /** The fields of the server's response. */
  public Fields responseFields() {
    return handle.responseFields();
  }

  /** The application protocol that was agreed on; null when none. */
  public String protocol() {
    return handle.protocol();
  }

  /** What it has carried so far. */
  public SessionStatistics statistics() throws IOException {
    return handle.await(handle.ask(handle::statistics, handle::lastStatistics));
  }

  // ---- streams ----

  /**
   * Opens a stream on which both sides send; waits until the peer's limits allow another.
   *
   * @throws SessionEndedException the session has ended
   */
  public WebTransportStream openBidirectional() throws IOException {
    return handle.await(openBidirectionalAsync());
  }

  /** As {@link #openBidirectional()}. */
  public CompletableFuture<WebTransportStream> openBidirectionalAsync() {
    return handle.open(true);
  }

  /** Opens a stream on which only this side sends; as {@link #openBidirectional()}. */
  public WebTransportStream openUnidirectional() throws IOException {
    return handle.await(openUnidirectionalAsync());
  }

  /** As {@link #openUnidirectional()}. */
  public CompletableFuture<WebTransportStream> openUnidirectionalAsync() {
    return handle.open(false);
  }

  /**
   * The next bidirectional stream that the peer opened; waits for one.
   *
   * @throws SessionEndedException the session has ended, and there are no more
   */
  public WebTransportStream acceptBidirectional() throws IOException {
    return handle.await(acceptBidirectionalAsync());
  }

  /** As {@link #acceptBidirectional()}. */
  public CompletableFuture<WebTransportStream> acceptBidirectionalAsync() {
    return handle.accept(true);
  }

  /** The next unidirectional stream that the peer opened; as {@link #acceptBidirectional()}. */
  public WebTransportStream acceptUnidirectional() throws IOException {
    return handle.await(acceptUnidirectionalAsync());
  }

  /** As {@link #acceptUnidirectional()}. */
  public CompletableFuture<WebTransportStream> acceptUnidirectionalAsync() {
    return handle.accept(false);
  }

  // ---- datagrams ----

  /** The longest datagram that can be sent now, in bytes; negative when none can. */
  public int maxDatagramLength() throws IOException {
    return handle.await(handle.ask(() -> handle.session().maxDatagramLength(), () -> -1));
  }

  /**
   * Sends a datagram, which may be lost.
   *
   * @return false when it is too long, or the session has ended
   */
  public boolean sendDatagram(byte[] data) throws IOException {
    return handle.await(sendDatagramAsync(data));
  }

  /** As {@link #sendDatagram}. */
  public CompletableFuture<Boolean> sendDatagramAsync(byte[] data) {
    byte[] copy = data.clone();
    return handle.ask(() -> handle.session().sendDatagram(copy, 0, copy.length), () -> false);
  }

  /**
   * The next datagram; waits for one. Of those that nobody takes the oldest give way.
   *
   * @throws SessionEndedException the session has ended, and there are no more
   */
  public byte[] receiveDatagram() throws IOException {
    return handle.await(receiveDatagramAsync());
  }

  /** As {@link #receiveDatagram()}. */
  public CompletableFuture<byte[]> receiveDatagramAsync() {
    return handle.receiveDatagram();
  }

  // ---- the end ----

  /**
   * Completes when the peer asks to wind the session down, whether for this session or for its
   * whole connection, or at a server when the server is being stopped. The session goes on working.
   * Never completes when it ends without.
   */
  public CompletionStage<Void> draining() {
    return handle.draining().minimalCompletionStage();
  }

  /** Asks the peer to wind the session down. */
  public void drain() {
    handle.onLoop(handle.session()::drain);
  }

  /** Completes with how the session ended. */
  public CompletionStage<SessionEnding> closed() {
    return handle.closed().minimalCompletionStage();
  }

  /** How it ended; null while it is open. */
  public SessionEnding ending() {
    return handle.closed().getNow(null);
  }

  /** Closes the session with code 0 and no reason. */
  @Override
  public void close() {
    close(0, "");
  }

  /**
   * Closes the session. Its streams are cut: whoever wants what was written to arrive waits for
   * {@link WebTransportStream#sendEnded()}, or better for an answer. Datagrams that were sent
   * before and wait for the network leave before the close does. Only the first end counts.
   *
   * @param code 0 to 2^32-1, for the peer's application
   * @param reason cut to 1024 bytes of UTF-8
   */
  public void close(long code, String reason) {
    requireCode(code);
    Objects.requireNonNull(reason, "reason");
    handle.onLoop(() -> handle.session().close(code, reason));
  }

  static long requireCode(long code) {
    if (code < 0 || code > 0xffff_ffffL) {
      throw new IllegalArgumentException("a code has 32 bits: " + code);
    }
    return code;
  }

  /**
   * Keys that only the two ends of this session know (RFC 8446 §7.5, draft-16 §4.8).
   *
   * @param label at most 255 bytes
   * @param context at most 255 bytes, possibly none
   * @param length bytes wanted
   * @throws IllegalStateException the connection has ended, and its secrets are gone
   */
  public byte[] exportKeyingMaterial(byte[] label, byte[] context, int length) throws IOException {
    return handle.await(
        handle.ask(
            () -> handle.session().exportKeyingMaterial(label, context, length),
            () -> {
              throw new IllegalStateException("the connection has ended");
            }));
  }

  @Override
  public String toString() {
    return "WebTransport session " + id() + " at " + request().path();
  }
}
