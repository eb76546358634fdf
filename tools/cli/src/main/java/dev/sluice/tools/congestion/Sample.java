package dev.sluice.tools.congestion;

/**
 * What a flow was like at one moment.
 *
 * @param time seconds since the beginning
 * @param window bytes
 * @param rtt the newest round-trip time, milliseconds
 * @param delivered bytes of the stream since the sample before
 */
record Sample(double time, long window, double rtt, long delivered) {}
