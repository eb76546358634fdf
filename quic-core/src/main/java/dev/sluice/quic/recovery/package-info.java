/**
 * Acknowledgments in both directions (RFC 9000 §13, RFC 9002). {@link Recovery} watches what we
 * send: it decides what is lost, when to probe and whether there is room to send. {@link
 * AckTracker} watches what we receive: it decides when to acknowledge, and what.
 */
package dev.sluice.quic.recovery;
