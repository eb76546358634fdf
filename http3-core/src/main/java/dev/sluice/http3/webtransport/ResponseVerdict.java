package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.ResponseHead;
import java.util.List;

/** What a client makes of the response to its request for a session (§3.2, §3.3). */
sealed interface ResponseVerdict {

  /**
   * There is a session.
   *
   * @param protocol the application protocol that was agreed on, or null for none
   */
  record Established(String protocol) implements ResponseVerdict {}

  /** The server does not want it, or somewhere else. */
  record Refused() implements ResponseVerdict {}

  /**
   * The response breaks a rule, and the session is aborted.
   *
   * @param reason for people
   */
  record Broken(Http3Error error, String reason) implements ResponseVerdict {}

  /**
   * Judges a response.
   *
   * @param offered the application protocols of the request
   * @param protocolRequired whether there is no session without one of them
   */
  static ResponseVerdict of(
      ResponseHead head,
      WebTransportVersion version,
      List<String> offered,
      boolean protocolRequired) {
    if (head.status() < 200 || head.status() > 299) {
      return new Refused();
    }
    String malformed = SessionHeads.whyNotCapsules(head);
    if (malformed != null) {
      return new Broken(Http3Error.H3_MESSAGE_ERROR, malformed);
    }
    String chosen = ApplicationProtocols.chosen(head.fields());
    boolean known = chosen != null && offered.contains(chosen);
    if (chosen != null && !known && !offered.isEmpty() && version.refusesUnofferedProtocol()) {
      return new Broken(
          Http3Error.WT_ALPN_ERROR, "the server chose a protocol that was not offered");
    }
    if (protocolRequired && !known) {
      return new Broken(Http3Error.WT_ALPN_ERROR, "the server chose no protocol");
    }
    return new Established(known ? chosen : null);
  }
}
