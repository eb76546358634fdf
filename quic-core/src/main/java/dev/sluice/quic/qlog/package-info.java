/**
 * qlog: trace events as JSON text sequences (draft-ietf-quic-qlog-main-schema-14,
 * draft-ietf-quic-qlog-quic-events-13), for tools that draw and compare connections. Pure: where
 * the text goes is for {@code dev.sluice.quic.io.QlogDirectory} to know. JSON is only ever written
 * here, which takes less code than a library would take settings.
 */
package dev.sluice.quic.qlog;
