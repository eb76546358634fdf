/** HTTP datagrams over QUIC DATAGRAM frames (RFC 9297 §2). */
package dev.sluice.http3.datagram;
