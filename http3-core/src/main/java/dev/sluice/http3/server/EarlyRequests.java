package dev.sluice.http3.server;

import dev.sluice.http3.message.RequestHead;

/**
 * What a server does with requests that may be replays: those that come as 0-RTT before the
 * handshake is complete, and those that a gateway has marked with Early-Data (RFC 8470). All
 * servers of a site have to be of one mind about which requests are safe (§6.2).
 */
@FunctionalInterface
public interface EarlyRequests {

  /** What can be done with such a request. */
  enum Treatment {
    /** The handler gets it at once. Being handled twice does no harm, or the handler sees to it. */
    HANDLE,

    /**
     * The handler gets it when the handshake is complete: a replay's never is. What a gateway has
     * marked is refused instead, since waiting would tell nothing (§5.1).
     */
    WAIT,

    /** It is answered with 425 (Too Early), and the client sends it again after the handshake. */
    REFUSE
  }

  /**
   * What is done with this one; on the server's loop, and so without waiting for anything. When it
   * throws, the request is refused.
   */
  Treatment treatment(RequestHead request);

  /** Methods that are safe (RFC 9110 §9.2.1) are handled, others refused. */
  EarlyRequests REFUSE_UNSAFE =
      request -> isSafe(request.method()) ? Treatment.HANDLE : Treatment.REFUSE;

  /** Methods that are safe (RFC 9110 §9.2.1) are handled, others wait. */
  EarlyRequests DELAY_UNSAFE =
      request -> isSafe(request.method()) ? Treatment.HANDLE : Treatment.WAIT;

  /** The handler decides: it asks {@link Http3Exchange#isEarly()}. */
  EarlyRequests HANDLE_ALL = request -> Treatment.HANDLE;

  private static boolean isSafe(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }
}
