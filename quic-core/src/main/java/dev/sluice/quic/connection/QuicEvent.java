package dev.sluice.quic.connection;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsSession;
import java.net.InetSocketAddress;

/** What a connection tells the application protocol above it, in order. */
public sealed interface QuicEvent {

  /**
   * The handshake is complete (RFC 9001 §4.1.1) and the peer's transport parameters are known and
   * authenticated. A client may open streams from here on, or before if it sends 0-RTT.
   */
  record HandshakeComplete(TlsSession tls) implements QuicEvent {}

  /**
   * The server has decided about 0-RTT, at either side. At a client whose early data was rejected,
   * streams keep their ids and what was written to them, and send it again once the handshake is
   * complete; datagrams are lost, as they may be. Comes before HandshakeComplete; a server may have
   * streams of the peer before that, too.
   */
  record EarlyDataDecided(boolean accepted) implements QuicEvent {}

  /** The handshake is confirmed (RFC 9001 §4.1.2). */
  record HandshakeConfirmed() implements QuicEvent {}

  /**
   * The peer opened a stream. Announced once, in order of ids for each type, before any other event
   * of the stream.
   *
   * @param send null for a unidirectional stream
   */
  record PeerOpened(RecvStream recv, SendStream send) implements QuicEvent {}

  /**
   * The stream has bytes, or has ended, and had nothing to say when last read. Not repeated until a
   * read has returned {@link RecvStream#NOTHING_NOW}. Of a stream that this side has stopped it
   * says that the final size is known, for whoever counts bytes; reading gives the same as before.
   */
  record Readable(RecvStream stream) implements QuicEvent {}

  /** The stream has room again after a write that was cut short. */
  record Writable(SendStream stream) implements QuicEvent {}

  /** The peer asked for no more on this stream; it has been reset with the same code (§3.5). */
  record Stopped(SendStream stream, long applicationCode) implements QuicEvent {}

  /** Every byte and the FIN, or the reset, are acknowledged ("Data Recvd", "Reset Recvd", §3.1). */
  record SendCompleted(SendStream stream) implements QuicEvent {}

  /** The peer's limit on streams of this type grew after an attempt to open one had failed. */
  record StreamsAvailable(boolean bidirectional) implements QuicEvent {}

  /**
   * A datagram arrived (RFC 9221). Comes after the events of streams that wait, and is the
   * application's to keep. When it takes events too slowly the oldest datagrams are dropped.
   */
  record DatagramReceived(byte[] data) implements QuicEvent {}

  /** Client only: a ticket for resuming this session on a later connection. */
  record NewSessionTicket(SessionTicket ticket) implements QuicEvent {}

  /** Client only: an address token for a later connection to this server (RFC 9000 §8.1.3). */
  record NewToken(byte[] token) implements QuicEvent {}

  /**
   * What is sent takes this path from now on (RFC 9000 §9): the peer has moved, or this side did,
   * or a path failed and the connection is back on one that it used before.
   *
   * @param local this side's address; null where the socket's own is meant
   */
  record PathChanged(InetSocketAddress local, InetSocketAddress remote) implements QuicEvent {}

  /**
   * Client only: the connection could not move to this local address and stays where it is.
   *
   * @param reason human-readable
   */
  record MigrationFailed(InetSocketAddress local, String reason) implements QuicEvent {}

  /**
   * The connection ended. Announced once and last. Everything that arrived before it has been
   * announced, and can still be read from the streams.
   */
  record Ended(ConnectionEnding ending) implements QuicEvent {}
}
