package dev.sluice.http3.connection;

import dev.sluice.http3.frame.Grease;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings that a peer sent (RFC 9114 §7.2.4), each with its default when it said nothing.
 *
 * @param values every setting received, by identifier, unknown ones too; immutable
 */
public record Http3Settings(Map<Long, Long> values) {
  /** RFC 9204 §5. */
  public static final long QPACK_MAX_TABLE_CAPACITY = 0x01;

  /** RFC 9114 §7.2.4.1. */
  public static final long MAX_FIELD_SECTION_SIZE = 0x06;

  /** RFC 9204 §5. */
  public static final long QPACK_BLOCKED_STREAMS = 0x07;

  /** RFC 9220 §5. */
  public static final long ENABLE_CONNECT_PROTOCOL = 0x08;

  /** RFC 9297 §2.1.1. */
  public static final long H3_DATAGRAM = 0x33;

  private static final Set<Long> KNOWN =
      Set.of(
          QPACK_MAX_TABLE_CAPACITY,
          MAX_FIELD_SECTION_SIZE,
          QPACK_BLOCKED_STREAMS,
          ENABLE_CONNECT_PROTOCOL,
          H3_DATAGRAM);

  /** What holds before a peer's SETTINGS have arrived (RFC 9114 §7.2.4.2). */
  public static final Http3Settings DEFAULTS = new Http3Settings(Map.of());

  public Http3Settings {
    values = Map.copyOf(values);
  }

  /** What a side with this configuration sends: what differs from the defaults (§7.2.4.2). */
  public static Http3Settings of(Http3Config config) {
    Map<Long, Long> values = new LinkedHashMap<>();
    values.put(MAX_FIELD_SECTION_SIZE, (long) config.maxFieldSectionSize());
    if (config.qpackMaxTableCapacity() > 0) {
      values.put(QPACK_MAX_TABLE_CAPACITY, (long) config.qpackMaxTableCapacity());
    }
    if (config.qpackBlockedStreams() > 0) {
      values.put(QPACK_BLOCKED_STREAMS, (long) config.qpackBlockedStreams());
    }
    if (config.enableConnectProtocol()) {
      values.put(ENABLE_CONNECT_PROTOCOL, 1L);
    }
    values.putAll(config.additionalSettings());
    return new Http3Settings(values);
  }

  /**
   * A form to be remembered with a session, without reserved settings; {@link #decode} reads it.
   */
  public byte[] encode() {
    SettingsFrame frame = new SettingsFrame(new TreeMap<>(values));
    frame.settings().keySet().removeIf(Grease::isReserved);
    byte[] bytes = new byte[frame.payloadLength()];
    frame.writePayload(new WireWriter(bytes, 0, bytes.length));
    return bytes;
  }

  /** Reads what {@link #encode} wrote; {@link #DEFAULTS} when it is something else. */
  public static Http3Settings decode(byte[] bytes) {
    WireReader in = WireReader.of(bytes);
    Map<Long, Long> values = new LinkedHashMap<>();
    try {
      while (in.hasRemaining()) {
        values.put(in.varInt(), in.varInt());
      }
      return new Http3Settings(values);
    } catch (WireException cutShort) {
      return DEFAULTS;
    }
  }

  /**
   * Whether a client that goes by earlier settings of this server stays within these (§7.2.4.2). Of
   * settings of extensions nothing is known here, and they have to be the same.
   */
  public boolean honour(Http3Settings before) {
    for (Map.Entry<Long, Long> setting : before.values.entrySet()) {
      boolean known = KNOWN.contains(setting.getKey());
      if (!known && !setting.getValue().equals(values.get(setting.getKey()))) {
        return false;
      }
    }
    return changesOf(before, Set.of()) == null && !changesTable(before);
  }

  /**
   * The first setting by which these allow less than earlier ones did; null when there is none. The
   * table of QPACK, which may not change at all, is not among them.
   *
   * @param extensions identifiers of limits that extensions have set
   */
  String changesOf(Http3Settings before, Set<Long> extensions) {
    for (long extension : extensions) {
      if (value(extension, 0) < before.value(extension, 0)) {
        return "setting 0x" + Long.toHexString(extension);
      }
    }
    if (maxFieldSectionSize() < before.maxFieldSectionSize()) {
      return "SETTINGS_MAX_FIELD_SECTION_SIZE";
    }
    if (qpackBlockedStreams() < before.qpackBlockedStreams()) {
      return "SETTINGS_QPACK_BLOCKED_STREAMS";
    }
    if (before.isConnectProtocolEnabled() && !isConnectProtocolEnabled()) {
      return "SETTINGS_ENABLE_CONNECT_PROTOCOL";
    }
    if (before.isDatagramEnabled() && !isDatagramEnabled()) {
      return "SETTINGS_H3_DATAGRAM";
    }
    // §7.2.4.2: nothing that was there before may be left out.
    return before.values.containsKey(MAX_FIELD_SECTION_SIZE)
            && !values.containsKey(MAX_FIELD_SECTION_SIZE)
        ? "SETTINGS_MAX_FIELD_SECTION_SIZE"
        : null;
  }

  /** RFC 9204 §3.2.3: a table that a client may have used early keeps its capacity. */
  boolean changesTable(Http3Settings before) {
    return before.qpackMaxTableCapacity() != 0
        && before.qpackMaxTableCapacity() != qpackMaxTableCapacity();
  }

  /** The value of any setting. */
  public long value(long identifier, long whenAbsent) {
    return values.getOrDefault(identifier, whenAbsent);
  }

  /** The largest field section the peer takes, in bytes of §4.2.2; Long.MAX_VALUE: no limit. */
  public long maxFieldSectionSize() {
    return value(MAX_FIELD_SECTION_SIZE, Long.MAX_VALUE);
  }

  /** The largest dynamic table the peer's decoder keeps, in bytes. */
  public long qpackMaxTableCapacity() {
    return value(QPACK_MAX_TABLE_CAPACITY, 0);
  }

  /** How many streams the peer's decoder lets wait. */
  public long qpackBlockedStreams() {
    return value(QPACK_BLOCKED_STREAMS, 0);
  }

  /** Whether the peer, a server, takes extended CONNECT (RFC 9220). */
  public boolean isConnectProtocolEnabled() {
    return value(ENABLE_CONNECT_PROTOCOL, 0) == 1;
  }

  /** Whether the peer takes HTTP datagrams (RFC 9297). */
  public boolean isDatagramEnabled() {
    return value(H3_DATAGRAM, 0) == 1;
  }
}
