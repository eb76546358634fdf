package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.List;

/** A response's header section: field lines to a {@link ResponseHead} and back (§4.3.2). */
public final class ResponseHeaderSection {
  private static final String STATUS = ":status";

  private ResponseHeaderSection() {}

  /**
   * Reads a decoded header section.
   *
   * @throws MalformedMessageException when the response is malformed
   */
  public static ResponseHead parse(List<FieldLine> lines) {
    String status = null;
    List<FieldLine> fields = new ArrayList<>(lines.size());
    for (FieldLine line : lines) {
      if (!line.name().startsWith(":")) {
        fields.add(FieldRules.check(line, false));
      } else if (!fields.isEmpty()) {
        throw new MalformedMessageException("pseudo-header field after a field");
      } else if (!line.name().equals(STATUS)) {
        throw new MalformedMessageException("undefined pseudo-header field in a response");
      } else if (status != null) {
        throw new MalformedMessageException(":status twice");
      } else {
        status = line.value();
      }
    }
    if (status == null) {
      throw new MalformedMessageException("no :status");
    }
    return new ResponseHead(parseStatus(status), Fields.of(fields));
  }

  /**
   * Writes a head, checked by the rules it will be read with.
   *
   * @throws MalformedMessageException when it would be malformed
   */
  public static List<FieldLine> format(ResponseHead head) {
    check(head);
    List<FieldLine> lines = new ArrayList<>(head.fields().size() + 2);
    lines.add(new FieldLine(STATUS, Integer.toString(head.status())));
    for (FieldLine line : head.fields()) {
      lines.add(FieldRules.trimmed(line));
    }
    return lines;
  }

  /**
   * Checks a head by the rules it will be read with.
   *
   * @throws MalformedMessageException when it would be malformed
   */
  public static void check(ResponseHead head) {
    parseStatus(Integer.toString(head.status()));
    for (FieldLine line : head.fields()) {
      FieldRules.check(line, false);
    }
    ContentLength.of(head.fields());
  }

  /** Three digits, 100 or more (RFC 9110 §15); 101 does not exist in HTTP/3 (RFC 9114 §4.5). */
  private static int parseStatus(String status) {
    boolean threeDigits = status.length() == 3;
    for (int i = 0; i < status.length(); i++) {
      threeDigits &= status.charAt(i) >= '0' && status.charAt(i) <= '9';
    }
    if (!threeDigits || status.charAt(0) == '0') {
      throw new MalformedMessageException(":status is not three digits from 100");
    }
    if (status.equals("101")) {
      throw new MalformedMessageException(":status 101 has no meaning in HTTP/3");
    }
    return Integer.parseInt(status);
  }
}
