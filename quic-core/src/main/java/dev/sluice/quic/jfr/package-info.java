/**
 * Connections, streams, losses and congestion as events of the JDK Flight Recorder, beside the
 * threads, locks and collections of the same program. A recording has them without further ado:
 * {@code java -XX:StartFlightRecording ...}, {@code jfr print --categories Sluice FILE}.
 */
package dev.sluice.quic.jfr;
