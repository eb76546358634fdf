/**
 * Flow control (RFC 9000 §4): how many bytes and streams each side allows the other, as counters
 * that only grow. Nothing here knows of streams.
 */
package dev.sluice.quic.flow;
