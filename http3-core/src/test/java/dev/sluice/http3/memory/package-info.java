/**
 * QUIC without packets, for tests: two transports in memory whose streams are joined by a link that
 * delivers as many bytes of each as it is told, in any order among streams, and can end at any
 * point.
 */
package dev.sluice.http3.memory;
