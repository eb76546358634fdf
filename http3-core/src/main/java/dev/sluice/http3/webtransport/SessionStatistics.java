package dev.sluice.http3.webtransport;

/**
 * What a session has carried so far. None of the numbers ever falls.
 *
 * @param streamsOpened by this side
 * @param streamsAccepted opened by the peer
 * @param bytesSent of streams' content, put into packets; sent again, they are not counted again
 * @param bytesReceived read from streams
 * @param datagramsSent put into packets; the network may have lost some
 * @param datagramsDroppedUnsent dropped before that, for newer ones, or for their age or size
 * @param datagramsReceived that arrived for the session
 * @param datagramsDroppedUnread of these, dropped since the application was too slow
 */
public record SessionStatistics(
    long streamsOpened,
    long streamsAccepted,
    long bytesSent,
    long bytesReceived,
    long datagramsSent,
    long datagramsDroppedUnsent,
    long datagramsReceived,
    long datagramsDroppedUnread) {

  /** The same with more datagrams that the application was too slow for. */
  public SessionStatistics plusDroppedUnread(long more) {
    return new SessionStatistics(
        streamsOpened,
        streamsAccepted,
        bytesSent,
        bytesReceived,
        datagramsSent,
        datagramsDroppedUnsent,
        datagramsReceived,
        datagramsDroppedUnread + more);
  }
}
