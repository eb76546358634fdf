/**
 * A deterministic network on a virtual clock. Every run follows from its seed, takes no real time
 * but that of its computations, and says its seed when it fails. See {@link
 * dev.sluice.quic.sim.Simulation} for a scenario.
 */
package dev.sluice.quic.sim;
