package dev.sluice.http3.ending;

/** Whether a request that ended badly may be sent again (RFC 9110 §9.2.2, RFC 9114 §4.1.1). */
public enum Retry {
  /** The peer's application has not seen it: any method may be sent again. */
  ANY_METHOD,

  /** Perhaps it was acted on: only idempotent methods, and only when the caller allows it. */
  IDEMPOTENT_ONLY,

  /** There is nothing to repeat, or an answer had begun, or this side gave the request up. */
  NEVER
}
