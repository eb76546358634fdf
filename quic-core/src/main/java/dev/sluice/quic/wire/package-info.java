/**
 * Bytes: variable-length integers, a reader and a writer over arrays, connection IDs and truncated
 * packet numbers. Nothing here knows of frames or packets.
 */
package dev.sluice.quic.wire;
