/**
 * A deterministic network on a virtual clock, for testing any protocol over UDP. Every run follows
 * from its seed, takes no real time but that of its computations, and says its seed when it fails.
 * {@link dev.sluice.network.Simulation} shows a scenario; {@link dev.sluice.network.Link} is what
 * happens to datagrams on their way, and {@link dev.sluice.network.Node} what a protocol has to
 * implement to take part.
 *
 * <p>It is a module of its own that depends on nothing and knows nothing of QUIC. So it can come
 * before QUIC in the build, whose tests run on it, and those who test another protocol import one
 * small jar. QUIC's side is {@code dev.sluice.quic.sim.EndpointNode} in quic-core: main code, with
 * this module as an optional dependency, since a copy among the tests could not be used by tools,
 * and one among the tools not by quic-core's tests.
 */
package dev.sluice.network;
