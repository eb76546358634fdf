package dev.sluice.quic.datagram;

/**
 * What became of a connection's datagrams so far.
 *
 * @param sent put into packets; the network may have lost them
 * @param droppedUnsent dropped before that, for newer ones, for their age or for their size
 * @param received taken from packets
 * @param droppedUnread dropped since the application did not keep up
 */
public record DatagramStats(long sent, long droppedUnsent, long received, long droppedUnread) {

  /** The same with more that the application was too slow for. */
  public DatagramStats plusDroppedUnread(long more) {
    return new DatagramStats(sent, droppedUnsent, received, droppedUnread + more);
  }
}
