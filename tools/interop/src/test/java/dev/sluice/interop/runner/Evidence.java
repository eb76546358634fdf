package dev.sluice.interop.runner;

import dev.sluice.quic.packet.PacketType;
import java.util.List;
import java.util.stream.Stream;

/**
 * What there is to judge a run by.
 *
 * @param of the case that was run
 * @param amplification how many bytes the server may send for each that came: 3, and from others
 *     the runner tolerates 4
 * @param capture the datagrams
 * @param conversations the connections in them
 */
record Evidence(Case of, int amplification, Capture capture, List<Conversation> conversations) {

  /** The only connection. */
  Conversation only() {
    require(conversations.size() == 1, conversations.size() + " connections");
    return conversations.getFirst();
  }

  /** The connections whose handshake the server took up. */
  List<Conversation> handshakes() {
    return conversations.stream().filter(Conversation::hasHandshake).toList();
  }

  /** Packets of all connections. */
  Stream<Packet> sent(boolean toServer, PacketType type) {
    return conversations.stream().flatMap(c -> c.sent(toServer, type));
  }

  /** Packets of all connections. */
  Stream<Packet> packets() {
    return conversations.stream().flatMap(c -> c.packets.stream());
  }

  /**
   * @throws AssertionError with the message, unless it is so
   */
  static void require(boolean isSo, String otherwise) {
    if (!isSo) {
      throw new AssertionError(otherwise);
    }
  }
}
