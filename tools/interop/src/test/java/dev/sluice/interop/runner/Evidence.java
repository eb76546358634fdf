package dev.sluice.interop.runner;

import dev.sluice.quic.packet.PacketType;
import java.util.List;
import java.util.stream.Stream;

/**
 * What there is to judge a run by.
 *
 * @param of the case that was run
 * @param strict whether the server is ours: for others the rules are wider where a peer that we
 *     cannot mend is known to break them now and then
 * @param capture the datagrams
 * @param conversations the connections in them
 */
record Evidence(Case of, boolean strict, Capture capture, List<Conversation> conversations) {

  /** How many bytes the server may send for each that came (RFC 9000 §8.1). */
  int amplification() {
    return strict ? 3 : 4;
  }

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
