package dev.sluice.quic.ending;

import java.util.List;

/**
 * How a connection ended: who ended it, on which layer, and with what. Exactly one of these values
 * exists for each connection that has ended, and every stream and request that it cut short carries
 * it.
 */
public sealed interface ConnectionEnding {

  /** Who acted. */
  enum Side {
    LOCAL,
    PEER
  }

  /**
   * CONNECTION_CLOSE of type 0x1c (RFC 9000 §19.19): the transport, or the TLS handshake under it,
   * found an error or had none to report.
   *
   * @param code a transport error code (RFC 9000 §20.1); 0x0100 to 0x01ff are TLS alerts
   * @param frameType the type of the frame that triggered the error, 0 when unknown
   * @param reason human-readable, possibly empty, never for programs to compare
   */
  record TransportClose(Side by, long code, long frameType, String reason)
      implements ConnectionEnding {}

  /**
   * CONNECTION_CLOSE of type 0x1d: the application protocol closed the connection.
   *
   * @param code a code of the application protocol, for HTTP/3 those of RFC 9114 §8.1
   * @param reason human-readable, possibly empty, never for programs to compare
   */
  record ApplicationClose(Side by, long code, String reason) implements ConnectionEnding {}

  /** Nothing arrived for the negotiated idle timeout (RFC 9000 §10.1); closed silently. */
  record IdleTimeout(long afterNanos) implements ConnectionEnding {}

  /** The handshake did not complete within the time that the configuration gives it. */
  record HandshakeTimeout(long afterNanos) implements ConnectionEnding {}

  /** The peer has lost the connection's state and said so (RFC 9000 §10.3). */
  record StatelessReset() implements ConnectionEnding {}

  /** Client only: the server speaks none of our versions (RFC 9000 §6.2). */
  record VersionMismatch(List<Integer> offeredByPeer) implements ConnectionEnding {}

  /** The network refused every datagram, for example with an ICMP port unreachable. */
  record Unreachable(String reason) implements ConnectionEnding {}

  /** Whether either side closed on purpose with no transport error. */
  default boolean isClean() {
    return switch (this) {
      case TransportClose close -> close.code() == 0;
      case ApplicationClose close -> true;
      case IdleTimeout idle -> false;
      case HandshakeTimeout timeout -> false;
      case StatelessReset reset -> false;
      case VersionMismatch mismatch -> false;
      case Unreachable unreachable -> false;
    };
  }

  /** One line for people: who, what, with which code and reason. */
  default String describe() {
    return switch (this) {
      case TransportClose(Side by, long code, long frameType, String reason) ->
          who(by)
              + " closed the connection with "
              + TransportError.describe(code)
              + (frameType == 0 ? "" : " on frame type 0x" + Long.toHexString(frameType))
              + because(reason);
      case ApplicationClose(Side by, long code, String reason) ->
          who(by)
              + " closed the connection with application code 0x"
              + Long.toHexString(code)
              + because(reason);
      case IdleTimeout(long nanos) -> "idle timeout after " + nanos / 1_000_000 + " ms";
      case HandshakeTimeout(long nanos) ->
          "the handshake did not complete within " + nanos / 1_000_000 + " ms";
      case StatelessReset() -> "stateless reset by the peer";
      case VersionMismatch(List<Integer> versions) ->
          "no QUIC version in common; the peer offers "
              + versions.stream().map(v -> "0x" + Integer.toHexString(v)).toList();
      case Unreachable(String reason) -> "the peer is unreachable" + because(reason);
    };
  }

  private static String who(Side side) {
    return side == Side.LOCAL ? "we" : "the peer";
  }

  private static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }
}
