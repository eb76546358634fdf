/**
 * Datagrams that QUIC carries for the application (RFC 9221): queues on the way out and on the way
 * in, both bounded, both dropping the oldest first.
 */
package dev.sluice.quic.datagram;
