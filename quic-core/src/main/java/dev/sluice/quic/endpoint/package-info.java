/** All connections of one socket: routing, Retry, tokens, resets, version negotiation. */
package dev.sluice.quic.endpoint;
