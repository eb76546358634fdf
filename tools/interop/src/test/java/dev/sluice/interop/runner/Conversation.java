package dev.sluice.interop.runner;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.tls.CipherSuite;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One QUIC connection in a capture: its packets, and what its handshake says. */
final class Conversation {
  private static final int RANDOM = 32;

  /** RFC 9001 §8.2. */
  private static final int QUIC_TRANSPORT_PARAMETERS = 0x39;

  /** IDs by which one side is addressed; the client's first choice for the server is among them. */
  final Set<ConnectionId> serverIds = new LinkedHashSet<>();

  final Set<ConnectionId> clientIds = new LinkedHashSet<>();

  /** Those from which Initial keys follow: the client's first choice, and the one of a Retry. */
  final List<ConnectionId> initialDestinations = new ArrayList<>();

  final HandshakeBytes clientInitial = new HandshakeBytes();
  final HandshakeBytes serverInitial = new HandshakeBytes();
  final HandshakeBytes serverHandshake = new HandshakeBytes();
  final List<Packet> packets = new ArrayList<>();

  /** Where the client was last. */
  InetSocketAddress client;

  /** The version of the server's packets; 0 as long as there are none. */
  int version;

  /** All packets of a type that one side sent. */
  Stream<Packet> sent(boolean toServer, PacketType type) {
    return packets.stream().filter(p -> p.toServer() == toServer && p.type() == type);
  }

  /** Whether the server has accepted a ClientHello. */
  boolean hasHandshake() {
    return serverInitial.last(HandshakeBytes.SERVER_HELLO).isPresent();
  }

  /** How many packets with the beginning of a ClientHello the client sent. */
  long clientHellos() {
    return sent(true, PacketType.INITIAL)
        .filter(
            p ->
                p.all(dev.sluice.quic.frame.CryptoFrame.class)
                    .anyMatch(crypto -> crypto.offset() == 0))
        .count();
  }

  /** The random bytes of the ClientHello. */
  Optional<byte[]> clientRandom() {
    return clientInitial
        .last(HandshakeBytes.CLIENT_HELLO)
        .map(HandshakeBytes.Message::read)
        .map(
            in -> {
              in.skip(Short.BYTES);
              return in.bytes(RANDOM);
            });
  }

  /** The suites that the client offers. */
  List<Integer> offeredSuites() {
    return clientInitial
        .last(HandshakeBytes.CLIENT_HELLO)
        .map(HandshakeBytes.Message::read)
        .map(
            in -> {
              in.skip(Short.BYTES + RANDOM);
              in.skip(in.u8());
              List<Integer> suites = new ArrayList<>();
              for (int left = in.u16(); left > 0; left -= Short.BYTES) {
                suites.add(in.u16());
              }
              return suites;
            })
        .orElse(List.of());
  }

  /** The suite that the server took; null as long as it has not, or when nobody here knows it. */
  CipherSuite suite() {
    return serverInitial
        .last(HandshakeBytes.SERVER_HELLO)
        .map(HandshakeBytes.Message::read)
        .map(
            in -> {
              in.skip(Short.BYTES + RANDOM);
              in.skip(in.u8());
              return CipherSuite.of(in.u16());
            })
        .orElse(null);
  }

  /** The client's transport parameters by their IDs. */
  Map<Long, WireReader> clientParameters() {
    return clientInitial
        .last(HandshakeBytes.CLIENT_HELLO)
        .map(HandshakeBytes.Message::read)
        .map(
            in -> {
              in.skip(Short.BYTES + RANDOM);
              in.skip(in.u8());
              in.skip(in.u16());
              in.skip(in.u8());
              return parameters(in);
            })
        .orElse(Map.of());
  }

  /** The server's. */
  Map<Long, WireReader> serverParameters() {
    return serverHandshake
        .last(HandshakeBytes.ENCRYPTED_EXTENSIONS)
        .map(message -> parameters(message.read()))
        .orElse(Map.of());
  }

  /** Those among the extensions (RFC 8446 §4.2) that begin here. */
  private static Map<Long, WireReader> parameters(WireReader in) {
    Map<Long, WireReader> parameters = new HashMap<>();
    in.u16();
    while (in.hasRemaining()) {
      int type = in.u16();
      WireReader extension = WireReader.of(in.slice(in.u16()));
      while (type == QUIC_TRANSPORT_PARAMETERS && extension.hasRemaining()) {
        parameters.put(extension.varInt(), WireReader.of(extension.slice(extension.varInt())));
      }
    }
    return parameters;
  }
}
