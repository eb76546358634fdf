package dev.sluice.quic.stream;

/**
 * The limits on streams that one endpoint sets for the other at the start, as its transport
 * parameters say (RFC 9000 §18.2). "Local" and "remote" are seen from the endpoint that sends them.
 *
 * @param maxData initial_max_data, bytes on all streams together
 * @param maxStreamDataBidiLocal bytes on each bidirectional stream that the sender opens
 * @param maxStreamDataBidiRemote bytes on each bidirectional stream that the receiver opens
 * @param maxStreamDataUni bytes on each unidirectional stream that the receiver opens
 * @param maxStreamsBidi bidirectional streams that the receiver may open, 0 to 2^60
 * @param maxStreamsUni unidirectional streams that the receiver may open, 0 to 2^60
 */
public record StreamLimits(
    long maxData,
    long maxStreamDataBidiLocal,
    long maxStreamDataBidiRemote,
    long maxStreamDataUni,
    long maxStreamsBidi,
    long maxStreamsUni) {

  /** Nothing at all: what holds before the peer's transport parameters are known. */
  public static final StreamLimits NONE = new StreamLimits(0, 0, 0, 0, 0, 0);
}
