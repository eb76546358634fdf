package dev.sluice.quic.qlog;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TracedHeader;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Packets and datagrams as qlog describes them (QUIC events §5.5 to §5.12, §7.4, §8.8). */
final class QlogPackets {
  /** The ack_delay_exponent as long as a side has not said another (RFC 9000 §18.2). */
  private static final int DEFAULT_EXPONENT = 3;

  private final ApplicationErrors errors;
  private int localExponent = DEFAULT_EXPONENT;
  private int peerExponent = DEFAULT_EXPONENT;

  QlogPackets(ApplicationErrors errors) {
    this.errors = errors;
  }

  /** In what unit a side's delays are. */
  void ackDelayExponent(boolean local, int exponent) {
    if (local) {
      localExponent = exponent;
    } else {
      peerExponent = exponent;
    }
  }

  void sent(TraceEvent.PacketSent event, JsonText json) {
    header(event.header(), json);
    length(event.bytes(), json);
    if (event.mtuProbe()) {
      json.name("is_mtu_probe_packet").value(true);
    }
    json.name("frames");
    new QlogFrames(json, localExponent, errors).write(event.frames());
  }

  void received(TraceEvent.PacketReceived event, JsonText json) {
    header(event.header(), json);
    length(event.bytes(), json);
    json.name("frames");
    new QlogFrames(json, peerExponent, errors).write(event.frames());
  }

  static void versionNegotiation(TraceEvent.VersionNegotiationReceived event, JsonText json) {
    header(event.header(), json);
    supported(event.versions(), json);
  }

  static void versionNegotiation(TraceEvent.VersionNegotiationSent event, JsonText json) {
    header(event.header(), json);
    length(event.bytes(), json);
    supported(event.versions(), json);
  }

  private static void supported(List<Integer> versions, JsonText json) {
    json.name("supported_versions").beginArray();
    versions.forEach(version -> json.value(version(version)));
    json.endArray();
  }

  static void statelessReset(TraceEvent.StatelessResetSent event, JsonText json) {
    json.name("header").beginObject();
    json.name("packet_type").value("stateless_reset").endObject();
    length(event.bytes(), json);
  }

  static void dropped(TraceEvent.PacketDropped event, JsonText json) {
    typeOnly(event.type(), json);
    length(event.bytes(), json);
    json.name("details").beginObject().name("reason").value(event.reason()).endObject();
    json.name("trigger").value(event.cause().name().toLowerCase(Locale.ROOT));
  }

  static void buffered(TraceEvent.PacketBuffered event, JsonText json) {
    typeOnly(event.type(), json);
    length(event.bytes(), json);
    json.name("trigger").value("keys_unavailable");
  }

  static void acked(TraceEvent.PacketsAcked event, JsonText json) {
    json.name("packet_number_space").value(space(event.type()));
    json.name("packet_numbers").any(event.packetNumbers());
  }

  static void lost(TraceEvent.PacketLost event, JsonText json) {
    json.name("header").beginObject();
    json.name("packet_type").value(type(event.type()));
    json.name("packet_number").value(event.packetNumber()).endObject();
    if (event.mtuProbe()) {
      json.name("is_mtu_probe_packet").value(true);
    }
    json.name("trigger").value(event.late() ? "time_threshold" : "reordering_threshold");
  }

  static void datagram(int bytes, int ecn, JsonText json) {
    json.name("count").value(1);
    json.name("raw").beginArray().beginObject().name("length").value(bytes);
    json.endObject().endArray();
    json.name("ecn").beginArray().value(ecn(ecn)).endArray();
  }

  static void datagramDropped(TraceEvent.DatagramDropped event, JsonText json) {
    length(event.bytes(), json);
  }

  private static void length(int bytes, JsonText json) {
    json.name("raw").beginObject().name("length").value(bytes).endObject();
  }

  private static void typeOnly(PacketType type, JsonText json) {
    json.name("header").beginObject();
    json.name("packet_type").value(type == null ? "unknown" : type(type)).endObject();
  }

  private static void header(TracedHeader header, JsonText json) {
    json.name("header").beginObject();
    json.name("packet_type").value(type(header.type()));
    if (header.packetNumber() >= 0) {
      json.name("packet_number").value(header.packetNumber());
    }
    if (header.keyPhase() >= 0) {
      json.name("key_phase").value(header.keyPhase());
    }
    if (header.token().length() > 0) {
      json.name("token");
      token(header.token().retry() ? "retry" : "resumption", header.token().length(), json);
    }
    if (header.source() != null) {
      json.name("version").value(version(header.version()));
      json.name("scil").value(header.source().length());
    }
    json.name("dcil").value(header.destination().length());
    if (header.source() != null) {
      json.name("scid").hex(header.source().toArray());
    }
    json.name("dcid").hex(header.destination().toArray());
    json.endObject();
  }

  static void token(String type, int length, JsonText json) {
    json.beginObject().name("type").value(type);
    json.name("raw").beginObject().name("length").value(length).endObject().endObject();
  }

  static String version(int version) {
    return HexFormat.of().toHexDigits(version);
  }

  private static String type(PacketType type) {
    return switch (type) {
      case INITIAL -> "initial";
      case ZERO_RTT -> "0RTT";
      case HANDSHAKE -> "handshake";
      case RETRY -> "retry";
      case VERSION_NEGOTIATION -> "version_negotiation";
      case ONE_RTT -> "1RTT";
    };
  }

  /** The packet number space of packets of this type (§8.7). */
  static String space(PacketType type) {
    return switch (type) {
      case INITIAL -> "initial";
      case HANDSHAKE -> "handshake";
      default -> "application_data";
    };
  }

  /** The two ECN bits of an IP header (§8.12; RFC 3168 §5). */
  private static String ecn(int bits) {
    return switch (bits & 3) {
      case 0 -> "Not-ECT";
      case 1 -> "ECT(1)";
      case 2 -> "ECT(0)";
      default -> "CE";
    };
  }
}
