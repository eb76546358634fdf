package dev.sluice.http3.session;

import dev.sluice.http3.message.Fields;
import java.util.List;
import java.util.Objects;

/**
 * How a client asks for a session.
 *
 * @param protocols application protocols to offer, most wanted first; printable ASCII
 * @param protocolRequired whether there is no session without one of them
 * @param fields of the request, such as Origin
 */
public record SessionOptions(List<String> protocols, boolean protocolRequired, Fields fields) {
  /** Nothing special. */
  public static final SessionOptions DEFAULT = new SessionOptions(List.of(), false, Fields.EMPTY);

  public SessionOptions {
    protocols = List.copyOf(protocols);
    Objects.requireNonNull(fields, "fields");
  }

  /** With application protocols to offer. */
  public SessionOptions withProtocols(boolean required, String... names) {
    return new SessionOptions(List.of(names), required, fields);
  }

  /** With other fields. */
  public SessionOptions withFields(Fields other) {
    return new SessionOptions(protocols, protocolRequired, other);
  }
}
