/**
 * Addresses and connection IDs, and the proof that a peer is where it says (RFC 9000 §5, §8, §9).
 */
package dev.sluice.quic.path;
