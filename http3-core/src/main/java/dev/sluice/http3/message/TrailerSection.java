package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.List;

/** A trailer section: fields and nothing else (RFC 9114 §4.3, RFC 9110 §6.5). */
public final class TrailerSection {
  private TrailerSection() {}

  /**
   * Reads a decoded trailer section.
   *
   * @throws MalformedMessageException for a pseudo-header field, which also is how a second head on
   *     one stream shows (§4.1), or a field that has no place in HTTP/3
   */
  public static Fields parse(List<FieldLine> lines) {
    return Fields.of(format(lines));
  }

  /**
   * Writes a trailer section, checked by the rules it will be read with.
   *
   * @throws MalformedMessageException when it would be malformed
   */
  public static List<FieldLine> format(Fields fields) {
    return format(fields.lines());
  }

  private static List<FieldLine> format(List<FieldLine> lines) {
    List<FieldLine> checked = new ArrayList<>(lines.size());
    for (FieldLine line : lines) {
      if (line.name().startsWith(":")) {
        throw new MalformedMessageException("pseudo-header field in a trailer section");
      }
      checked.add(FieldRules.check(line, false));
    }
    return checked;
  }
}
