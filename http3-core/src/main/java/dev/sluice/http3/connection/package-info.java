/**
 * HTTP/3 over one QUIC connection (RFC 9114) without sockets, threads or clocks: {@link
 * dev.sluice.http3.connection.Http3Connection} takes the transport's events and turns them into
 * exchanges. Everything here is used on the thread that owns the connection.
 */
package dev.sluice.http3.connection;
