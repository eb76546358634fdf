/**
 * A server for HTTP/3: one thread for the network, a virtual thread for each request. Begin with
 * {@link dev.sluice.http3.server.Http3Server#builder()} and {@link
 * dev.sluice.http3.server.Http3Handler}.
 */
package dev.sluice.http3.server;
