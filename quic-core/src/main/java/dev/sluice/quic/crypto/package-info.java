/**
 * Packet protection (RFC 9001 §5): AEAD and header protection on the JDK's ciphers, Initial keys,
 * the next keys of a key update, and the Retry integrity tag. Which keys exist when, and what
 * happens at their limits, is the connection's business.
 */
package dev.sluice.quic.crypto;
