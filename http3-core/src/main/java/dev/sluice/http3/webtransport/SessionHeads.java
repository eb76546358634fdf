package dev.sluice.http3.webtransport;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.structured.StructuredFields;
import java.util.List;

/** The heads of the request for a session and of its response (§3.2). */
final class SessionHeads {
  /** Draft-02 §7: the request names the drafts that its client speaks. */
  private static final String DRAFT_02_REQUEST = "sec-webtransport-http3-draft02";

  /** And the response the one that is chosen. */
  private static final String DRAFT_02_RESPONSE = "sec-webtransport-http3-draft";

  private SessionHeads() {}

  /** Whether a request is for a session, in any version. */
  static boolean isSession(RequestHead request) {
    return "webtransport".equals(request.protocol())
        || "webtransport-h3".equals(request.protocol());
  }

  /** A client's request. */
  static RequestHead request(
      WebTransportVersion version,
      String authority,
      String path,
      List<String> protocols,
      Fields fields) {
    Fields.Builder all = capsuleMessage(fields);
    if (version == WebTransportVersion.DRAFT_02) {
      all.add(DRAFT_02_REQUEST, "1");
    }
    if (!protocols.isEmpty()) {
      all.add(ApplicationProtocols.AVAILABLE, StructuredFields.strings(protocols));
    }
    return RequestHead.extendedConnect(version.protocol(), "https", authority, path, all.build());
  }

  /** A server's response. */
  static ResponseHead accepting(WebTransportVersion version, String chosen, Fields fields) {
    Fields.Builder all = capsuleMessage(fields);
    if (version == WebTransportVersion.DRAFT_02) {
      all.add(DRAFT_02_RESPONSE, "draft02");
    }
    if (chosen != null) {
      all.add(ApplicationProtocols.CHOSEN, StructuredFields.string(chosen));
    }
    return new ResponseHead(200, all.build());
  }

  /** Why a request cannot begin the Capsule Protocol (RFC 9297 §3.2), or null. */
  static String whyNotCapsules(RequestHead request) {
    return contentField(request.fields());
  }

  /**
   * Why a successful response cannot, or null. 204 is let pass although RFC 9297 §3.2 has it among
   * those that cannot: WebTransport counts any 2xx (§3.2), and browsers do.
   */
  static String whyNotCapsules(ResponseHead response) {
    return response.status() == 205 || response.status() == 206
        ? "status " + response.status() + " with the Capsule Protocol"
        : contentField(response.fields());
  }

  /** Fields of the application's, on a message with the Capsule Protocol (RFC 9297 §3.2). */
  private static Fields.Builder capsuleMessage(Fields fields) {
    String malformed = contentField(fields);
    if (malformed != null) {
      throw new IllegalArgumentException(malformed);
    }
    return Fields.builder().addAll(fields);
  }

  private static String contentField(Fields fields) {
    for (String name : List.of("content-length", "content-type", "transfer-encoding")) {
      if (fields.contains(name)) {
        return name + " with the Capsule Protocol";
      }
    }
    return null;
  }
}
