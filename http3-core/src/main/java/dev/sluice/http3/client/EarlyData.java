package dev.sluice.http3.client;

import java.net.http.HttpRequest;

/**
 * Which requests a client may send as 0-RTT, before the handshake of a resumed session is complete.
 * That saves them a round trip, and lets anybody who records them send them to the server once more
 * (RFC 9001 §9.2): it suits requests of which a second copy does no harm, whatever the server
 * thinks of them. A server that thinks otherwise answers 425, and then the client sends the request
 * again after the handshake, once and by itself (RFC 8470 §5.2).
 */
@FunctionalInterface
public interface EarlyData {

  /** None. */
  EarlyData NEVER = request -> false;

  /** GET, HEAD and OPTIONS without content (RFC 8470 §4). */
  EarlyData SAFE_METHODS =
      request ->
          switch (request.method()) {
            case "GET", "HEAD", "OPTIONS" ->
                request.bodyPublisher().map(body -> body.contentLength() == 0).orElse(true);
            default -> false;
          };

  /** Whether this one may. On the client's executor. */
  boolean maySend(HttpRequest request);
}
