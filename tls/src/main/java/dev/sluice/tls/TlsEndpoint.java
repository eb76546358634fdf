package dev.sluice.tls;

/**
 * One side of a TLS 1.3 handshake carried by QUIC CRYPTO frames (RFC 9001 §4): bytes go in at an
 * encryption level, events come out.
 *
 * <p>It holds no thread, clock, socket or randomness of its own; time and randomness are injected
 * by the configuration. It is not safe for use by several threads.
 */
public sealed interface TlsEndpoint permits TlsClient, TlsServer {

  /** Begins the handshake. A client writes its ClientHello; a server has nothing to do yet. */
  void start();

  /**
   * Takes handshake bytes of one encryption level, in order, cut at any byte boundary. The array is
   * only read during the call.
   *
   * @throws TlsException the handshake has failed; its alert is to be sent to the peer, and the
   *     endpoint takes nothing more
   */
  void receive(EncryptionLevel level, byte[] bytes, int offset, int length) throws TlsException;

  /**
   * Takes the signature that a {@link TlsEvent.SignatureWanted} has asked for.
   *
   * @param signature as {@link SignatureRequest#sign} gives it; null when there will be none
   * @throws TlsException internal_error: there is none, and the handshake has failed; or it had
   *     failed before
   * @throws IllegalStateException nothing was asked for
   */
  void onSignature(byte[] signature) throws TlsException;

  /** The next event in order, or null when there is none at present. */
  TlsEvent nextEvent();

  /** Whether this side has sent its Finished and verified the peer's (RFC 9001 §4.1.1). */
  boolean isHandshakeComplete();

  /** What has been negotiated so far; fields that are not known yet are null. */
  TlsSession session();

  /**
   * Keying material exporter (RFC 8446 §7.5).
   *
   * @param label the registered or private label
   * @param context the context value, possibly empty
   * @param length bytes wanted, 1 to 255 times the hash length
   * @throws IllegalStateException the handshake is not complete
   */
  byte[] exportKeyingMaterial(String label, byte[] context, int length);

  /** Zeroes every secret still held. The endpoint is of no further use. */
  void destroy();
}
