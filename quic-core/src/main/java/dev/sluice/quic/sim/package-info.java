/**
 * QUIC on the simulated network of {@code dev.sluice.network}, an optional dependency: programs
 * that use this package name it themselves ({@code sluice-network}), all others do without.
 */
package dev.sluice.quic.sim;
