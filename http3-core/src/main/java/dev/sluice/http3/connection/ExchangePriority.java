package dev.sluice.http3.connection;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.trace.Http3Trace;
import dev.sluice.quic.stream.SendStream;

/**
 * What was said about an exchange's priority (RFC 9218), and what this side does about it: what it
 * sends goes before or after other streams' data accordingly.
 */
final class ExchangePriority {
  private static final String FIELD = "priority";

  private final SendStream out;
  private final Http3Trace trace;
  private Priority said = Priority.DEFAULT;
  // Server: the field of the response; null for none.
  private String response;
  private Priority holds = Priority.DEFAULT;

  ExchangePriority(SendStream out, Http3Trace trace) {
    this.out = out;
    this.trace = trace;
  }

  /** What a request says; null when it has no such field, or one that is no Dictionary. */
  static Priority of(Fields request) {
    String value = request.combined(FIELD);
    return value == null ? null : Priority.parse(value);
  }

  /** Somebody says what it is to be; it counts until the next time. */
  void set(Priority priority) {
    said = priority;
    apply();
  }

  /** Server: the response's own view is merged with the client's, also with a later one (§8). */
  void onResponse(Fields fields) {
    String value = fields.combined(FIELD);
    if (value != null) {
      response = value;
      apply();
    }
  }

  private void apply() {
    Priority before = holds;
    holds = response == null ? said : said.mergedWith(response);
    out.setPriority(holds.urgency(), holds.incremental());
    trace.priority(out.id(), before, holds);
  }

  /** The one that holds. */
  Priority holds() {
    return holds;
  }
}
