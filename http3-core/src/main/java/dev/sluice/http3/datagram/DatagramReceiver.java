package dev.sluice.http3.datagram;

/** Takes the datagrams of one request. */
@FunctionalInterface
public interface DatagramReceiver {
  /**
   * @param payload the receiver's to keep
   * @param now when it arrived, in nanoseconds of the connection's clock
   */
  void onDatagram(byte[] payload, long now);
}
