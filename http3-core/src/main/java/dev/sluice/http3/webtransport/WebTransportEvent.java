package dev.sluice.http3.webtransport;

/**
 * What the sessions of a connection tell their user, in order. For one session: Requested or
 * Established, then everything else, and Ended once and last; what arrived before the end can still
 * be read from its streams and datagrams. A client's session may be Draining, and what it sends
 * already have room or an end, before it is Established.
 */
public sealed interface WebTransportEvent {

  /** The peer's settings arrived, and what they come to. Once. */
  record Settled(VersionSelection selection) implements WebTransportEvent {}

  /** Server: a client asks for a session; accept or reject it. */
  record Requested(WebTransportSession session) implements WebTransportEvent {}

  /** Client: the server accepted the session. */
  record Established(WebTransportSession session) implements WebTransportEvent {}

  /** The peer opened a stream. */
  record Opened(SessionStream stream) implements WebTransportEvent {}

  /** The stream has bytes, or has ended, and had nothing to say when last read. */
  record Readable(SessionStream stream) implements WebTransportEvent {}

  /** There is room again after a write that was cut short. */
  record Writable(SessionStream stream) implements WebTransportEvent {}

  /** What this side sends on the stream is over: the peer stopped it, or has all of it. */
  record SendEnded(SessionStream stream) implements WebTransportEvent {}

  /** Opening a stream may succeed again after it returned null. */
  record StreamsAvailable(WebTransportSession session, boolean bidirectional)
      implements WebTransportEvent {}

  /** There are datagrams, and there were none when last asked for. */
  record DatagramsReceived(WebTransportSession session) implements WebTransportEvent {}

  /**
   * The peer asks to wind the session down, by GOAWAY or by WT_DRAIN_SESSION (§4.7). At most once a
   * session. It goes on working, new streams and datagrams included.
   */
  record Draining(WebTransportSession session) implements WebTransportEvent {}

  /** The session ended. Once. */
  record Ended(WebTransportSession session, SessionEnding ending) implements WebTransportEvent {}
}
