package dev.sluice.http3.connection;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.ending.ConnectionEnding;
import java.util.random.RandomGenerator;

/**
 * HTTP/3 over one QUIC connection, client or server (RFC 9114). Pure: it acts only when called, on
 * the thread that owns the transport. After any call here or on a {@link RequestStream} the owner
 * takes events until {@link #nextEvent()} is null, and lets the transport send.
 */
public final class Http3Connection {

  /**
   * @param quic the transport; this connection takes all its events from now on
   * @param random for GREASE (RFC 9114 §7.2.8) only
   */
  public Http3Connection(QuicTransport quic, Http3Config config, RandomGenerator random) {}

  /** Takes all events of the transport and moves everything on as far as it goes. */
  public void process() {
    throw new UnsupportedOperationException();
  }

  /** The next event in order, or null when there is none at present. */
  public Http3Event nextEvent() {
    throw new UnsupportedOperationException();
  }

  /**
   * Client: opens a request stream and sends the head.
   *
   * @param end whether the head is the whole request
   * @return null when the peer's limit on streams is reached, or the handshake is not complete;
   *     RequestsAvailable follows. Nothing was sent then.
   * @throws IllegalStateException when {@link #canOpenRequests()} is false, or for an extended
   *     CONNECT that the server's settings do not allow (not, or not yet)
   * @throws IllegalArgumentException when the head would be malformed
   * @throws dev.sluice.http3.message.FieldSectionTooLargeException when the server does not take
   *     that much
   */
  public RequestStream openRequest(RequestHead head, boolean end) {
    throw new UnsupportedOperationException();
  }

  /** Client: whether the connection takes new requests: no GOAWAY either way, and not ended. */
  public boolean canOpenRequests() {
    throw new UnsupportedOperationException();
  }

  /**
   * First step of a graceful shutdown: GOAWAY with the largest id, so that the peer opens nothing
   * more while what is under way still arrives (RFC 9114 §5.2). {@link #goaway()} about one round
   * trip later is the second. Nothing happens once either was called.
   */
  public void announceGoaway() {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends GOAWAY: everything that has arrived so far will be answered, later requests are rejected
   * with H3_REQUEST_REJECTED, and this side opens no more. Nothing happens the second time.
   */
  public void goaway() {
    throw new UnsupportedOperationException();
  }

  /** Whether a GOAWAY was sent or received. */
  public boolean isGoingAway() {
    throw new UnsupportedOperationException();
  }

  /**
   * Closes the connection at once. What was written and has not been sent is lost; after {@link
   * Http3Event.Drained} nothing is.
   *
   * @param reason for people at the other end, possibly empty
   */
  public void close(Http3Error error, String reason) {
    throw new UnsupportedOperationException();
  }

  /** How the connection ended; null while it lives. */
  public ConnectionEnding ending() {
    throw new UnsupportedOperationException();
  }

  /** Exchanges that are not {@link Http3Event.Closed} yet. */
  public int activeRequests() {
    throw new UnsupportedOperationException();
  }

  /** The peer's settings; {@link Http3Settings#DEFAULTS} before they have arrived. */
  public Http3Settings peerSettings() {
    throw new UnsupportedOperationException();
  }

  /** Whether this side opened the connection. */
  public boolean isClient() {
    throw new UnsupportedOperationException();
  }

  /** The transport, for its statistics and its TLS session. */
  public QuicTransport transport() {
    throw new UnsupportedOperationException();
  }
}
