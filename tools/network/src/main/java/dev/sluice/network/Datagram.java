package dev.sluice.network;

import java.net.InetSocketAddress;

/**
 * A datagram under way.
 *
 * @param number the how-manieth it is on its link, from 0
 * @param bytes its payload; owned by the simulation
 * @param source as the receiver will see it
 * @param destination as the sender wrote it
 * @param ecn the two ECN bits
 */
public record Datagram(
    long number, byte[] bytes, InetSocketAddress source, InetSocketAddress destination, int ecn) {

  /** The length of its payload in bytes. */
  public int length() {
    return bytes.length;
  }

  Datagram numbered(long value) {
    return new Datagram(value, bytes, source, destination, ecn);
  }

  Datagram withBytes(byte[] value) {
    return new Datagram(number, value, source, destination, ecn);
  }

  Datagram withEcn(int value) {
    return new Datagram(number, bytes, source, destination, value);
  }
}
