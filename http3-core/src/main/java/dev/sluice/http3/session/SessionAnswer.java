package dev.sluice.http3.session;

import dev.sluice.http3.message.Fields;

/** A server's answer to a {@link SessionRequest}. */
public sealed interface SessionAnswer {

  /**
   * Yes.
   *
   * @param protocol one of those offered, or null for none
   * @param fields further fields of the response
   */
  record Accept(String protocol, Fields fields) implements SessionAnswer {}

  /**
   * No.
   *
   * @param status 300 to 599
   * @param fields of the response
   */
  record Reject(int status, Fields fields) implements SessionAnswer {}

  /** Yes, without an application protocol. */
  static SessionAnswer accept() {
    return new Accept(null, Fields.EMPTY);
  }

  /** Yes, with one of the application protocols that were offered. */
  static SessionAnswer accept(String protocol) {
    return new Accept(protocol, Fields.EMPTY);
  }

  /** No, with a status of 300 to 599. */
  static SessionAnswer reject(int status) {
    return new Reject(status, Fields.EMPTY);
  }
}
