/**
 * The streams of HTTP/3 (RFC 9114 §6): which kind a unidirectional stream is, the control stream,
 * the QPACK streams, and the two directions of a request stream.
 */
package dev.sluice.http3.stream;
