/**
 * Packet headers: what every version has in common (RFC 8999), the long and short headers of
 * version 1 (RFC 9000 §17), Retry and Version Negotiation. Nothing here decrypts.
 */
package dev.sluice.quic.packet;
