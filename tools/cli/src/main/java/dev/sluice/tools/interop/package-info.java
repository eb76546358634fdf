/**
 * {@code sluice interop}: the endpoint that the QUIC interop runner starts in a container, told by
 * environment variables what to do.
 */
package dev.sluice.tools.interop;
