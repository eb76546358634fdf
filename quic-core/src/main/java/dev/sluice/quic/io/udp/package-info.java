/** What a platform has to offer: sockets that move batches, and how to wait for them. */
package dev.sluice.quic.io.udp;
