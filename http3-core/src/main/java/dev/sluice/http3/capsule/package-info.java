/** The Capsule Protocol (RFC 9297 §3): typed messages on the stream of an extended CONNECT. */
package dev.sluice.http3.capsule;
