/**
 * Checks JSON against a schema in CDDL (RFC 8610), as far as the qlog drafts use that language
 * (draft-ietf-quic-qlog-main-schema-14 §1.2). No library for the JVM does this for JSON.
 */
package dev.sluice.testkit.cddl;
