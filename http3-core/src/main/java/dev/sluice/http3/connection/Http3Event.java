package dev.sluice.http3.connection;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;

/**
 * What a connection tells its user, in order.
 *
 * <p>For one exchange the order is: Informational*, then Request or Response, then Readable as
 * often as there is more content, then Trailers when there are any, then RequestEnded, once.
 * Whatever arrived comes out before the ending does. Trailers and RequestEnded wait until the
 * content before them was read.
 */
public sealed interface Http3Event {

  /** The peer's SETTINGS arrived. Once; requests and responses may come before it. */
  record SettingsReceived(Http3Settings settings) implements Http3Event {}

  /** Client: {@link Http3Connection#openRequest} may succeed again after it returned null. */
  record RequestsAvailable() implements Http3Event {}

  /** Server: a request's head arrived. */
  record Request(RequestStream stream, RequestHead head) implements Http3Event {}

  /** Client: an interim response, 1xx; the final one is still to come. */
  record Informational(RequestStream stream, ResponseHead head) implements Http3Event {}

  /** Client: the final response's head arrived. */
  record Response(RequestStream stream, ResponseHead head) implements Http3Event {}

  /**
   * {@link RequestStream#readData} has something to say: content, or that there is no more. Follows
   * the head when there is something already, and later each time it had said NOTHING_NOW.
   */
  record Readable(RequestStream stream) implements Http3Event {}

  /** The trailer section, after the last byte of content was read. */
  record Trailers(RequestStream stream, Fields fields) implements Http3Event {}

  /**
   * Nothing more will be received on this exchange. Once for each exchange, last of what it
   * receives; sending may still go on when the ending is Complete.
   */
  record RequestEnded(RequestStream stream, RequestEnding ending) implements Http3Event {}

  /** There is room for {@link RequestStream#writeData} again after it took less than offered. */
  record Writable(RequestStream stream) implements Http3Event {}

  /**
   * The peer wants no more of what this side sends on the exchange; writes have no effect from here
   * on. With H3_NO_ERROR from a server its response may still be complete (RFC 9114 §4.1).
   */
  record Stopped(RequestStream stream, long code) implements Http3Event {}

  /**
   * Both directions are over and everything that was sent has been acknowledged. With an extension,
   * which may have waited for it, also of a stream that never became a {@link Request}.
   */
  record Closed(RequestStream stream) implements Http3Event {}

  /**
   * The peer sent GOAWAY, its first or one with a lower id.
   *
   * @param id at a client the lowest request stream that will not be processed, at a server the
   *     lowest push id that will not be accepted
   */
  record Goaway(long id) implements Http3Event {}

  /**
   * A GOAWAY was sent or received, and no exchange is left: {@link Http3Connection#close} loses
   * nothing now. Once for each time this becomes true.
   */
  record Drained() implements Http3Event {}

  /**
   * The peer opened a stream that an extension has claimed ({@link Http3Connection#claim}). What
   * the transport has to say about it later comes as {@link Transport} events.
   *
   * @param type the stream type, or the signal, that was read from it
   * @param recv behind that, and behind nothing more
   * @param send null for a unidirectional stream
   */
  record Claimed(long type, RecvStream recv, SendStream send) implements Http3Event {}

  /**
   * An event of the transport that others may have a use for: HandshakeComplete,
   * HandshakeConfirmed, NewSessionTicket, NewToken; with an extension also StreamsAvailable,
   * datagrams, and everything about streams that are not HTTP/3's.
   */
  record Transport(QuicEvent event) implements Http3Event {}

  /**
   * The connection ended. Once. Exchanges whose content was read up to here have had their
   * RequestEnded; the others keep what arrived, and get theirs as it is read.
   */
  record ConnectionEnded(ConnectionEnding ending) implements Http3Event {}
}
