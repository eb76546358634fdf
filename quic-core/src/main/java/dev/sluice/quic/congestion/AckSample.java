package dev.sluice.quic.congestion;

/**
 * What one ACK frame told about the path, beyond the packets that it acknowledged.
 *
 * @param now when it was processed
 * @param newestSentTime when the newest of the newly acknowledged packets was sent
 * @param latestRtt the sample that this frame gave, or -1 when it gave none (RFC 9002 §5.1)
 * @param smoothedRtt after this frame, more than 0
 * @param bytesInFlight after this frame
 * @param windowUtilised whether the sender last stopped because the window or the pacer held it
 *     back; otherwise it had nothing to send, and the window is not to grow (RFC 9002 §7.8)
 */
public record AckSample(
    long now,
    long newestSentTime,
    long latestRtt,
    long smoothedRtt,
    long bytesInFlight,
    boolean windowUtilised) {}
