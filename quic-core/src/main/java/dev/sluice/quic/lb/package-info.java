/**
 * QUIC-LB (draft-ietf-quic-load-balancers): connection IDs by which a load balancer finds the
 * server that has the connection, wherever the client moves. {@link
 * dev.sluice.quic.lb.QuicLbConfig} is what both agree on, {@link
 * dev.sluice.quic.lb.QuicLbConnectionIds} the server's side, {@link
 * dev.sluice.quic.lb.QuicLbDecoder} the load balancer's.
 */
package dev.sluice.quic.lb;
