package dev.sluice.quic.congestion;

/**
 * What had been delivered when a packet was sent (draft-ietf-ccwg-bbr-06 §4.1.2.1.2). Packets that
 * are sent between two ACK frames share one snapshot, so it costs a reference a packet.
 *
 * @param delivered C.delivered: bytes acknowledged so far
 * @param deliveredTime C.delivered_time: when the last of them were
 * @param firstSentTime C.first_send_time: when the packet was sent that was acknowledged last
 * @param lost C.lost: bytes lost so far
 * @param applicationLimited whether the sender had run out of data within the last round trip
 */
public record DeliverySnapshot(
    long delivered,
    long deliveredTime,
    long firstSentTime,
    long lost,
    boolean applicationLimited) {}
