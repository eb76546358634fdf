package dev.sluice.http3.server;

import dev.sluice.http3.message.Fields;

/** Whether a client waits for "100 Continue" before it sends its body (RFC 9110 §10.1.1). */
final class ExpectContinue {
  private ExpectContinue() {}

  static boolean isWanted(Fields fields) {
    String expect = fields.first("expect");
    return expect != null && expect.equalsIgnoreCase("100-continue");
  }
}
