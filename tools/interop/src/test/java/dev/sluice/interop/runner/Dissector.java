package dev.sluice.interop.runner;

import dev.sluice.interop.runner.Capture.Seen;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.UnknownVersionHeader;
import dev.sluice.quic.packet.VersionNegotiationHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes a capture apart into connections and packets, and opens these with the key log.
 *
 * <p>It goes through the capture twice: packets of 0-RTT, and of servers that answer out of order,
 * need what Initial packets tell later.
 */
final class Dissector {
  private final Secrets secrets;
  private final List<Conversation> conversations = new ArrayList<>();
  private final Map<Conversation, PacketOpener> keys = new HashMap<>();

  private Dissector(Secrets secrets) {
    this.secrets = secrets;
  }

  /** The connections in a capture, in the order in which they began. */
  static List<Conversation> dissect(List<Seen> sent, Secrets secrets) {
    Dissector dissector = new Dissector(secrets);
    sent.forEach(seen -> dissector.datagram(seen, true));
    dissector.keys.clear();
    sent.forEach(seen -> dissector.datagram(seen, false));
    return dissector.conversations;
  }

  private void datagram(Seen seen, boolean handshakesOnly) {
    byte[] bytes = seen.bytes();
    int at = 0;
    while (at < bytes.length) {
      switch (PacketParser.parse(bytes, at, bytes.length, 0, true)) {
        case LongHeader header -> {
          if (!handshakesOnly || header.type() == PacketType.INITIAL) {
            numbered(seen, header, handshakesOnly);
          }
          at = header.end();
        }
        case RetryHeader header -> {
          retry(seen, header, handshakesOnly);
          at = bytes.length;
        }
        case ShortHeader header -> {
          if (!handshakesOnly) {
            oneRtt(seen, header);
          }
          at = bytes.length;
        }
        case UnknownVersionHeader header -> at = bytes.length;
        case VersionNegotiationHeader header -> at = bytes.length;
        case null -> at = bytes.length; // what pads a datagram
      }
    }
  }

  /** Whose packet that is; a client's Initial to an unknown ID begins a connection. */
  private Conversation conversation(Seen seen, PacketType type, ConnectionId destination) {
    for (Conversation known : conversations.reversed()) {
      boolean addressed =
          seen.toServer()
              ? known.serverIds.contains(destination)
              : destination.length() == 0
                  ? seen.client().equals(known.client)
                  : known.clientIds.contains(destination);
      if (addressed) {
        return known;
      }
    }
    if (!seen.toServer() || type != PacketType.INITIAL) {
      return null;
    }
    Conversation begun = new Conversation();
    begun.serverIds.add(destination);
    begun.initialDestinations.add(destination);
    conversations.add(begun);
    return begun;
  }

  private PacketOpener opener(Conversation of) {
    return keys.computeIfAbsent(of, conversation -> new PacketOpener(conversation, secrets));
  }

  private void numbered(Seen seen, LongHeader header, boolean handshakesOnly) {
    Conversation in = conversation(seen, header.type(), header.destination());
    if (in == null) {
      return;
    }
    (seen.toServer() ? in.clientIds : in.serverIds).add(header.source());
    in.client = seen.client();
    if (!seen.toServer()) {
      in.version = header.version().number();
    }
    PacketOpener.Payload payload = opener(in).open(seen, header);
    Packet packet =
        packet(
            seen,
            header.type(),
            header.version().number(),
            header.destination(),
            header.source(),
            header.token(),
            payload);
    packet.all(CryptoFrame.class).forEach(crypto -> learn(in, packet, crypto));
    if (!handshakesOnly) {
      in.packets.add(packet);
    }
  }

  private static void learn(Conversation in, Packet packet, CryptoFrame crypto) {
    if (packet.type() == PacketType.INITIAL) {
      (packet.toServer() ? in.clientInitial : in.serverInitial).add(crypto);
    } else if (packet.type() == PacketType.HANDSHAKE && !packet.toServer()) {
      in.serverHandshake.add(crypto);
    }
  }

  private void retry(Seen seen, RetryHeader header, boolean handshakesOnly) {
    Conversation in = conversation(seen, PacketType.RETRY, header.destination());
    if (in == null || seen.toServer()) {
      return;
    }
    if (handshakesOnly) {
      in.serverIds.add(header.source());
      in.initialDestinations.add(header.source());
    } else {
      in.packets.add(
          new Packet(
              seen,
              PacketType.RETRY,
              header.version().number(),
              header.destination(),
              header.source(),
              Bytes.of(header.token().toArray()),
              -1,
              0,
              List.of(),
              0));
    }
  }

  /** By the IDs that are known; whoever has moved to an ID of which nothing is known, by keys. */
  private void oneRtt(Seen seen, ShortHeader header) {
    for (boolean byId : new boolean[] {true, false}) {
      for (Conversation in : conversations.reversed()) {
        Set<ConnectionId> ids = seen.toServer() ? in.serverIds : in.clientIds;
        int length = ids.isEmpty() ? 0 : List.copyOf(ids).getLast().length();
        if (header.start() + 1 + length > seen.bytes().length) {
          continue;
        }
        ConnectionId id = ConnectionId.of(seen.bytes(), header.start() + 1, length);
        if (ids.contains(id) != byId) {
          continue;
        }
        PacketOpener.Payload payload =
            opener(in)
                .open(
                    seen,
                    new ShortHeader(id, header.start(), header.start() + 1 + length, header.end()));
        if (payload != null) {
          ids.add(id);
          Packet packet =
              packet(seen, PacketType.ONE_RTT, 0, id, ConnectionId.EMPTY, Bytes.EMPTY, payload);
          in.packets.add(packet);
          packet
              .all(NewConnectionIdFrame.class)
              .forEach(n -> (seen.toServer() ? in.clientIds : in.serverIds).add(n.id()));
          return;
        }
      }
    }
  }

  private static Packet packet(
      Seen seen,
      PacketType type,
      int version,
      ConnectionId destination,
      ConnectionId source,
      Bytes token,
      PacketOpener.Payload payload) {
    Bytes ownToken = Bytes.of(token.toArray());
    if (payload == null) {
      return new Packet(seen, type, version, destination, source, ownToken, -1, 0, null, 0);
    }
    List<Frame> frames = new ArrayList<>();
    long streamBytes = 0;
    WireReader in = WireReader.of(payload.bytes());
    try {
      while (in.hasRemaining()) {
        Frame frame = FrameReader.read(in);
        if (frame instanceof StreamFrame stream) {
          streamBytes += stream.data().length();
        } else {
          frames.add(frame);
        }
      }
    } catch (TransportException e) {
      // A frame of an extension that nobody here knows: the rest of the packet stays unread.
    }
    return new Packet(
        seen,
        type,
        version,
        destination,
        source,
        ownToken,
        payload.number(),
        payload.keyPhase(),
        List.copyOf(frames),
        streamBytes);
  }
}
