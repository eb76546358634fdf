package dev.sluice.interop.runner;

import dev.sluice.interop.runner.Capture.Seen;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.PacketNumber;
import dev.sluice.tls.CipherSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens the packets of one connection, in the order in which they were sent. */
final class PacketOpener {

  /** What was inside of a packet. */
  record Payload(long number, int keyPhase, Bytes bytes) {}

  private record Level(PacketType type, QuicVersion version, ConnectionId id, boolean toServer) {}

  /** The 1-RTT keys of one direction (RFC 9001 §6). */
  private static final class Phases {
    int phase;
    PacketKeys previous;
    PacketKeys current;
    PacketKeys next;
  }

  private final Conversation conversation;
  private final Secrets secrets;
  private final Map<Level, List<PacketKeys>> keys = new HashMap<>();
  private final Map<Boolean, Phases> phases = new HashMap<>();
  private final Map<String, Long> largest = new HashMap<>();

  PacketOpener(Conversation conversation, Secrets secrets) {
    this.conversation = conversation;
    this.secrets = secrets;
  }

  /** Null when it cannot be opened. */
  Payload open(Seen seen, LongHeader header) {
    for (PacketKeys each : keys(seen.toServer(), header)) {
      Payload payload =
          open(
              seen,
              space(header.type()),
              each,
              header.start(),
              header.packetNumberOffset(),
              header.end());
      if (payload != null) {
        return payload;
      }
    }
    return null;
  }

  private List<PacketKeys> keys(boolean toServer, LongHeader header) {
    List<PacketKeys> all = new ArrayList<>();
    if (header.type() == PacketType.INITIAL) {
      for (ConnectionId id : conversation.initialDestinations.reversed()) {
        Level level = new Level(header.type(), header.version(), id, toServer);
        all.addAll(
            keys.computeIfAbsent(
                level,
                l ->
                    List.of(
                        toServer
                            ? InitialKeys.client(l.version, id)
                            : InitialKeys.server(l.version, id))));
      }
      return all;
    }
    Level level = new Level(header.type(), header.version(), ConnectionId.EMPTY, toServer);
    return keys.computeIfAbsent(
        level,
        l -> {
          String side = toServer ? "CLIENT_" : "SERVER_";
          String label =
              header.type() == PacketType.ZERO_RTT
                  ? "CLIENT_EARLY_TRAFFIC_SECRET"
                  : side + "HANDSHAKE_TRAFFIC_SECRET";
          return from(label, header.version());
        });
  }

  /** None when the log has no such secret. */
  private List<PacketKeys> from(String label, QuicVersion version) {
    CipherSuite suite = conversation.suite();
    return conversation.clientRandom().flatMap(random -> secrets.find(label, random)).stream()
        .filter(secret -> suite != null && suite.hashLength() == secret.length)
        .map(secret -> PacketKeys.of(version, suite, secret))
        .toList();
  }

  /** Null when it cannot be opened. */
  Payload open(Seen seen, ShortHeader header) {
    Phases of = phases.computeIfAbsent(seen.toServer(), this::firstPhase);
    if (of.current == null) {
      return null;
    }
    int at = header.packetNumberOffset();
    Payload payload = open(seen, "application", of.current, header.start(), at, header.end());
    if (payload != null) {
      return new Payload(payload.number, of.phase & 1, payload.bytes);
    }
    payload = open(seen, "application", of.next, header.start(), at, header.end());
    if (payload != null) {
      of.previous = of.current;
      of.current = of.next;
      of.next = of.current.next();
      of.phase++;
      return new Payload(payload.number, of.phase & 1, payload.bytes);
    }
    if (of.previous != null) {
      payload = open(seen, "application", of.previous, header.start(), at, header.end());
      return payload == null ? null : new Payload(payload.number, of.phase - 1 & 1, payload.bytes);
    }
    return null;
  }

  private Phases firstPhase(boolean toServer) {
    Phases of = new Phases();
    QuicVersion version = QuicVersion.of(conversation.version);
    String label = (toServer ? "CLIENT" : "SERVER") + "_TRAFFIC_SECRET_0";
    if (version != null) {
      of.current = from(label, version).stream().findFirst().orElse(null);
      of.next = of.current == null ? null : of.current.next();
    }
    return of;
  }

  private static String space(PacketType type) {
    return switch (type) {
      case INITIAL -> "initial";
      case HANDSHAKE -> "handshake";
      default -> "application";
    };
  }

  private Payload open(
      Seen seen, String space, PacketKeys with, int start, int numberOffset, int end) {
    byte[] packet = Arrays.copyOfRange(seen.bytes(), start, end);
    int offset = numberOffset - start;
    int length = with.unprotectHeader(packet, 0, offset, packet.length);
    if (length < 0) {
      return null;
    }
    String key = space + seen.toServer();
    long before = largest.getOrDefault(key, -1L);
    long number = PacketNumber.decode(PacketNumber.read(packet, offset, length), length, before);
    byte[] plaintext = new byte[packet.length];
    int header = offset + length;
    int size = with.open(packet, 0, header, packet.length - header, number, plaintext);
    if (size < 0) {
      return null;
    }
    largest.put(key, Math.max(before, number));
    int phase = FirstByte.isLong(packet[0]) || !FirstByte.keyPhase(packet[0]) ? 0 : 1;
    return new Payload(number, phase, Bytes.of(plaintext, 0, size));
  }
}
