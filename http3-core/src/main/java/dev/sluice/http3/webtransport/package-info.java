/**
 * WebTransport over HTTP/3 (draft-ietf-webtrans-http3) without sockets, threads or clocks: {@link
 * dev.sluice.http3.webtransport.WebTransportSessions} takes what belongs to it from a connection's
 * events and turns it into sessions. Everything here is used on the thread that owns the
 * connection.
 *
 * <p>Section numbers without a document are those of draft-16.
 */
package dev.sluice.http3.webtransport;
