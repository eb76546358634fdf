package dev.sluice.tools.serve;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param fields in the order in which they are sent, names in lower case
 * @param content what a GET gets; a HEAD gets the same fields and no content
 */
record Reply(int status, Map<String, String> fields, Content content) {

  /** A page of one line that says what the status says. */
  static Reply error(int status, String explanation) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("content-type", "text/plain; charset=utf-8");
    return new Reply(status, fields, Content.Bytes.of(status + " " + explanation + "\n"))
        .withLength();
  }

  /** The same with another field. */
  Reply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(fields);
    more.put(name, value);
    return new Reply(status, more, content);
  }

  /** The same with the length of the content. */
  Reply withLength() {
    return with("content-length", Long.toString(content.length()));
  }
}
