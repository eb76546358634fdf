package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.List;

/** A request's header section: field lines to a {@link RequestHead} and back (§4.3.1, §4.4). */
public final class RequestHeaderSection {
  private static final int METHOD = 0;
  private static final int SCHEME = 1;
  private static final int AUTHORITY = 2;
  private static final int PATH = 3;
  private static final int PROTOCOL = 4;

  private RequestHeaderSection() {}

  /**
   * Reads a decoded header section.
   *
   * @param connectProtocol whether :protocol is defined, that is, this side has sent
   *     SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 9220 §3)
   * @throws MalformedMessageException when the request is malformed
   */
  public static RequestHead parse(List<FieldLine> lines, boolean connectProtocol) {
    String[] pseudo = new String[5];
    List<FieldLine> fields = new ArrayList<>(lines.size());
    for (FieldLine line : lines) {
      if (!line.name().startsWith(":")) {
        fields.add(FieldRules.check(line, true));
        continue;
      }
      if (!fields.isEmpty()) {
        throw new MalformedMessageException("pseudo-header field after a field");
      }
      int which = pseudoHeader(line.name(), connectProtocol);
      if (pseudo[which] != null) {
        throw new MalformedMessageException(line.name() + " twice");
      }
      pseudo[which] = line.value();
    }
    RequestHead head =
        new RequestHead(
            required(pseudo[METHOD], ":method"),
            pseudo[SCHEME],
            pseudo[AUTHORITY],
            pseudo[PATH],
            pseudo[PROTOCOL],
            Fields.of(Cookies.join(fields)));
    return RequestTarget.check(head);
  }

  /**
   * Writes a head, checked by the rules it will be read with.
   *
   * @throws MalformedMessageException when it would be malformed
   */
  public static List<FieldLine> format(RequestHead head) {
    RequestTarget.check(head);
    List<FieldLine> lines = new ArrayList<>(head.fields().size() + 5);
    lines.add(new FieldLine(":method", head.method()));
    add(lines, ":scheme", head.scheme());
    add(lines, ":authority", head.authority());
    add(lines, ":path", head.path());
    add(lines, ":protocol", head.protocol());
    for (FieldLine line : head.fields()) {
      Cookies.addSplit(FieldRules.check(line, true), lines);
    }
    ContentLength.of(head.fields());
    return lines;
  }

  private static int pseudoHeader(String name, boolean connectProtocol) {
    return switch (name) {
      case ":method" -> METHOD;
      case ":scheme" -> SCHEME;
      case ":authority" -> AUTHORITY;
      case ":path" -> PATH;
      case ":protocol" -> {
        if (!connectProtocol) {
          throw new MalformedMessageException(":protocol without the setting that allows it");
        }
        yield PROTOCOL;
      }
      default -> throw new MalformedMessageException("undefined pseudo-header field in a request");
    };
  }

  private static String required(String value, String name) {
    if (value == null) {
      throw new MalformedMessageException("no " + name);
    }
    return value;
  }

  private static void add(List<FieldLine> lines, String name, String value) {
    if (value != null) {
      lines.add(new FieldLine(name, value));
    }
  }
}
