package dev.sluice.tls.handshake;

import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.message.HandshakeType;

/** One role's state machine (RFC 8446 §A), fed whole messages by {@link MessagePump}. */
public sealed interface Handshake permits ClientHandshake, ServerHandshake {
  /** Sends what there is to send before anything has come. */
  void start();

  /** The level at which the next message has to come. */
  EncryptionLevel receiveLevel();

  /** Whether a message of this type may come next. */
  boolean expects(HandshakeType type);

  /** Takes the next message, of a type that is expected. */
  void handle(RawMessage message) throws TlsException;

  /** The error for a message of a type that is not expected, null for a type that is unknown. */
  TlsException unexpected(HandshakeType type);

  /** The next event, or null. */
  TlsEvent nextEvent();

  /** Whether it is complete (RFC 9001 §4.1.1). */
  boolean isComplete();

  /** What has been negotiated so far. */
  TlsSession session();

  /** The exporter (RFC 8446 §7.5), once the handshake is complete. */
  byte[] export(String label, byte[] context, int length);

  /** Zeroes what is secret. */
  void destroy();
}
