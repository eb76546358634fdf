package dev.sluice.http3.server;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.message.ResponseHeaderSection;
import dev.sluice.http3.message.TrailerSection;
import dev.sluice.qpack.FieldLine;

/** What a response may contain, depending on the request's method and its own status. */
final class ResponseRules {

  /** What becomes of bytes that the handler writes. */
  enum Body {
    /** They are sent, and a client that gets fewer has to learn of it. */
    SENT,
    /** They are sent, as one direction of a tunnel (RFC 9110 §9.3.6): no message to be whole. */
    TUNNEL,
    /** They are counted and dropped: the answer to HEAD has none (RFC 9110 §9.3.2). */
    DROPPED,
    /** There must be none: 204, 205 and 304 (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
    FORBIDDEN
  }

  private ResponseRules() {}

  static Body body(int status, String method) {
    if (status == 204 || status == 205 || status == 304) {
      return Body.FORBIDDEN;
    }
    if (method.equals("CONNECT") && status < 300) {
      return Body.TUNNEL;
    }
    return method.equals("HEAD") ? Body.DROPPED : Body.SENT;
  }

  /**
   * A head that HTTP/3 allows, without a content-length where none has its place (RFC 9110 §8.6):
   * gateways get such ones from servers that say "204" and "content-length: 0".
   *
   * @throws IllegalArgumentException for fields that HTTP/3 does not allow
   */
  static ResponseHead head(int status, Fields fields, String method) {
    ResponseHead head = new ResponseHead(status, fields);
    try {
      ResponseHeaderSection.check(head);
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    boolean misplaced = status < 200 || status == 204 || body(status, method) == Body.TUNNEL;
    if (!misplaced || !fields.contains("content-length")) {
      return head;
    }
    Fields.Builder kept = Fields.builder();
    for (FieldLine line : fields) {
      if (!line.name().equals("content-length")) {
        kept.add(line);
      }
    }
    return new ResponseHead(status, kept.build());
  }

  /**
   * The length that the fields promise for the bytes to be written; negative when there is none.
   *
   * @throws IllegalArgumentException when it is not a number
   */
  static long contentLength(Fields fields, int status, String method) {
    String value = fields.first("content-length");
    if (value == null || body(status, method) != Body.SENT) {
      return -1;
    }
    try {
      long length = Long.parseLong(value);
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("content-length is not a number: " + value);
  }

  /** Adds the length, now that it is known, where a length has its place (RFC 9110 §8.6). */
  static ResponseHead withContentLength(ResponseHead head, String method, long length) {
    boolean hasItsPlace =
        body(head.status(), method) == Body.SENT && !head.fields().contains("content-length");
    if (!hasItsPlace && !(method.equals("HEAD") && length > 0 && lacksLength(head))) {
      return head;
    }
    Fields.Builder fields = Fields.builder().addAll(head.fields());
    fields.add("content-length", Long.toString(length));
    return new ResponseHead(head.status(), fields.build());
  }

  private static boolean lacksLength(ResponseHead head) {
    return body(head.status(), "GET") == Body.SENT && !head.fields().contains("content-length");
  }

  /**
   * Trailers have no pseudo-header fields and none about framing (RFC 9110 §6.5.1).
   *
   * @throws IllegalArgumentException for those, and for fields that HTTP/3 does not allow
   */
  static void checkTrailers(Fields fields) {
    try {
      TrailerSection.format(fields);
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException("not for a trailer section: " + e.getMessage(), e);
    }
    if (fields.contains("content-length")) {
      throw new IllegalArgumentException("not for a trailer section: content-length");
    }
  }
}
