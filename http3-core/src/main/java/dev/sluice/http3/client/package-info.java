/**
 * A client for HTTP/3 that is a {@link java.net.http.HttpClient}. Begin with {@link
 * dev.sluice.http3.client.Http3Client}; inside, a {@code Call} is one send, made of {@code
 * Attempt}s on {@code ClientConnection}s that a {@code ConnectionPool} keeps.
 */
package dev.sluice.http3.client;
