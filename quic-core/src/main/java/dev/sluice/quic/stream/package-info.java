/**
 * Streams (RFC 9000 §2 to §4): their buffers, state machines, limits and order of sending. {@link
 * dev.sluice.quic.stream.Streams} is the way in.
 */
package dev.sluice.quic.stream;
