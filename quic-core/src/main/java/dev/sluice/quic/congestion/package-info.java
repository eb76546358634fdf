/**
 * How much may be in flight, and how fast it may leave (RFC 9002 §7, RFC 9438, RFC 9406). Nothing
 * here knows a packet number or a frame: {@link CongestionController} hears of bytes sent,
 * acknowledged and lost and answers with a window; {@link Pacer} spreads that window over time.
 */
package dev.sluice.quic.congestion;
