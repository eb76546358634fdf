/**
 * The QUIC interop runner's cases without its containers and its simulator: two endpoints as
 * processes, a relay that is the network between them, and what must hold read from what passed.
 *
 * <p>In reading order: {@code Case} is the table of all cases, {@code Networks} and {@code Checks}
 * what it refers to. {@code Peer} is an implementation that takes part, one class for each. {@code
 * CellRun} runs one case with one pair, {@code MatrixTest} all of them, and {@code Matrix} prints
 * what became of them. {@code Dissector} opens a {@code Capture} with the key log.
 */
package dev.sluice.interop.runner;
