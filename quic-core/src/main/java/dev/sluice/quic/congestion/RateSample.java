package dev.sluice.quic.congestion;

/**
 * How fast the path delivered, as one ACK frame shows it (draft-ietf-ccwg-bbr-06 §2.3, §4.1.2.1.3).
 *
 * @param rate bytes a second; 0 when the frame gives no reliable sample
 * @param delivered bytes delivered between the sending and the acknowledgment of the newest packet
 *     that the frame acknowledges
 * @param priorDelivered bytes that had been delivered when that packet was sent
 * @param newlyAcked bytes that the frame newly acknowledges
 * @param lost bytes declared lost between the sending and the acknowledgment of that packet
 * @param bytesInFlight what was in flight once that packet was sent
 * @param applicationLimited whether the sender, not the path, may have set the rate
 */
record RateSample(
    double rate,
    long delivered,
    long priorDelivered,
    long newlyAcked,
    long lost,
    long bytesInFlight,
    boolean applicationLimited) {}
