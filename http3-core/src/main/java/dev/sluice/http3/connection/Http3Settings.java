package dev.sluice.http3.connection;

import java.util.Map;

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

  /** What holds before a peer's SETTINGS have arrived (RFC 9114 §7.2.4.2). */
  public static final Http3Settings DEFAULTS = new Http3Settings(Map.of());

  public Http3Settings {
    values = Map.copyOf(values);
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
