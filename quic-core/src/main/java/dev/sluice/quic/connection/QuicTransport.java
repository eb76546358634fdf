package dev.sluice.quic.connection;

import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.tls.TlsSession;
import java.time.Duration;

/**
 * A connection as the application protocol above it sees it: streams, events and the close. HTTP/3
 * is written against this, so that it can be run over a real {@link Connection} or over a double.
 * Used on the thread that owns the connection.
 */
public interface QuicTransport {

  /** Whether this side opened the connection. */
  boolean isClient();

  /**
   * What becomes of 0-RTT. While it is {@link EarlyDataState#OFFERED} a client can open streams,
   * and what it writes goes out at once and could be replayed by anybody who sees it (RFC 9001
   * §9.2).
   */
  default EarlyDataState earlyData() {
    return EarlyDataState.NONE;
  }

  /** The next event in order, or null when there is none at present. */
  QuicEvent nextEvent();

  /**
   * Opens a bidirectional stream.
   *
   * @return null when the peer's limit is reached or the connection is closing; for the first, a
   *     StreamsAvailable event follows when the limit grows
   */
  BidiStream openBidi();

  /** Opens a unidirectional stream; null as for {@link #openBidi()}. */
  SendStream openUni();

  /**
   * The longest datagram that {@link #sendDatagram} takes now, in bytes: what the peer takes and
   * one packet holds. 0 when the peer takes none, or is not known to yet. May change with the path.
   */
  int maxDatagramLength();

  /**
   * Sends a datagram (RFC 9221): as soon as the congestion controller lets it, once, and not again
   * if it is lost. When too many wait the oldest are dropped; {@link #stats} counts them.
   *
   * @param source is copied
   * @return false, with nothing done, when it is longer than {@link #maxDatagramLength()}, the peer
   *     takes none, or the connection has ended
   */
  boolean sendDatagram(byte[] source, int offset, int length);

  /**
   * A queue of datagrams beside that of {@link #sendDatagram}; all of them take turns.
   *
   * @param limit how many wait to be sent before the oldest is dropped; at least 1
   * @param maxAge how long one may wait to be sent; zero for as long as it takes
   */
  DatagramFlow openDatagramFlow(int limit, Duration maxAge);

  /**
   * Whether the peer understands RESET_STREAM_AT, so that {@link SendStream#resetAt} does what it
   * says; false before its transport parameters are known.
   */
  boolean supportsResetAt();

  /** How long after the end its streams keep what nobody has read. */
  Duration unreadRetention();

  /**
   * Closes the connection with CONNECTION_CLOSE of type 0x1d. What was written and not yet sent is
   * dropped. Only the first close counts.
   *
   * @param applicationCode 0 to 2^62-1
   * @param reason human-readable; cut to what fits a datagram
   */
  void close(long applicationCode, String reason);

  /**
   * How the connection ended; null while it lives. Set as soon as it starts closing or draining.
   */
  ConnectionEnding ending();

  /**
   * What TLS negotiated; null before the handshake is complete. A server that takes 0-RTT knows it
   * as soon as it does.
   */
  TlsSession tls();

  /**
   * Protects packets with new keys as soon as that is permitted (RFC 9001 §6.1): when the handshake
   * is confirmed and the peer has shown that it has the present ones. It follows without being
   * asked.
   */
  default void updateKeys() {}

  /** A snapshot of versions, times and counters, for people and for statistics. */
  ConnectionStats stats();

  /**
   * TLS keying material exporter (RFC 8446 §7.5); only after the handshake is complete.
   *
   * @throws IllegalStateException the connection has ended, and its secrets are gone
   */
  byte[] exportKeyingMaterial(String label, byte[] context, int length);

  /** Whether somebody wants to hear what the protocol above does; ask before making an event. */
  default boolean isTraced() {
    return false;
  }

  /** Tells whoever watches this connection what the protocol above has done. */
  default void trace(TraceEvent.ApplicationEvent event) {}
}
