/**
 * WebTransport sessions as programs use them, in either role: blocking, which is cheap on virtual
 * threads, and asynchronous. A {@link dev.sluice.http3.session.WebTransport} is a session, a {@link
 * dev.sluice.http3.session.WebTransportStream} one of its streams. The protocol itself is in {@link
 * dev.sluice.http3.webtransport}; {@code WebTransportDriver} runs it on the connection's loop.
 */
package dev.sluice.http3.session;
