package dev.sluice.http3.connection;

import dev.sluice.qpack.EncoderLimits;
import dev.sluice.quic.connection.TransportConfig;
import java.util.Map;

/**
 * What this side offers and bears. Immutable; begin with {@link #DEFAULT} and change with the
 * {@code with} methods.
 *
 * @param maxFieldSectionSize the largest header or trailer section to accept, in bytes of RFC 9114
 *     §4.2.2; sent as SETTINGS_MAX_FIELD_SECTION_SIZE
 * @param qpackMaxTableCapacity the dynamic table this side's decoder keeps, in bytes
 * @param qpackBlockedStreams how many streams may wait for the peer's encoder stream
 * @param encoderLimits how much of what the peer offers this side's encoder uses
 * @param enableConnectProtocol server: take extended CONNECT (RFC 9220)
 * @param grease send reserved settings, frames and stream types (RFC 9114 §7.2.8)
 * @param additionalSettings further settings to send, by identifier, for extensions
 */
public record Http3Config(
    int maxFieldSectionSize,
    int qpackMaxTableCapacity,
    int qpackBlockedStreams,
    EncoderLimits encoderLimits,
    boolean enableConnectProtocol,
    boolean grease,
    Map<Long, Long> additionalSettings) {

  /**
   * 64 KiB of fields is four times what common servers take, so that nobody's cookies break, and
   * 100 streams times 64 KiB is what one peer can make this side hold. The table and the number of
   * streams that may wait are those of common browsers.
   */
  public static final Http3Config DEFAULT =
      new Http3Config(64 << 10, 4096, 100, EncoderLimits.DEFAULT, false, true, Map.of());

  /** Of its own a peer needs one for control and two for QPACK (RFC 9114 §6.2). */
  private static final int LEAST_UNI_STREAMS = 3;

  public Http3Config {
    if (maxFieldSectionSize < 0 || qpackMaxTableCapacity < 0 || qpackBlockedStreams < 0) {
      throw new IllegalArgumentException("negative limit");
    }
    if ((additionalSettings.getOrDefault(Http3Settings.H3_DATAGRAM, 0L) & ~1L) != 0) {
      throw new IllegalArgumentException("SETTINGS_H3_DATAGRAM is 0 or 1"); // RFC 9297 §2.1.1
    }
    additionalSettings = Map.copyOf(additionalSettings);
  }

  /**
   * The same transport, if a peer can speak HTTP/3 over it.
   *
   * @throws IllegalArgumentException it lets the peer open fewer unidirectional streams than it
   *     needs (§6.2)
   */
  public static TransportConfig requireFit(TransportConfig transport) {
    long streams = transport.streams().limits().maxStreamsUni();
    if (streams < LEAST_UNI_STREAMS) {
      throw new IllegalArgumentException(
          "HTTP/3 needs " + LEAST_UNI_STREAMS + " unidirectional streams of its peer: " + streams);
    }
    return transport;
  }

  /** With another limit on field sections. */
  public Http3Config withMaxFieldSectionSize(int bytes) {
    return new Http3Config(
        bytes,
        qpackMaxTableCapacity,
        qpackBlockedStreams,
        encoderLimits,
        enableConnectProtocol,
        grease,
        additionalSettings);
  }

  /** With another dynamic table and number of waiting streams for what is received. */
  public Http3Config withQpack(int maxTableCapacity, int blockedStreams) {
    return new Http3Config(
        maxFieldSectionSize,
        maxTableCapacity,
        blockedStreams,
        encoderLimits,
        enableConnectProtocol,
        grease,
        additionalSettings);
  }

  /** With other limits for what is sent. */
  public Http3Config withEncoderLimits(EncoderLimits limits) {
    return new Http3Config(
        maxFieldSectionSize,
        qpackMaxTableCapacity,
        qpackBlockedStreams,
        limits,
        enableConnectProtocol,
        grease,
        additionalSettings);
  }

  /** With extended CONNECT offered or not. */
  public Http3Config withConnectProtocol(boolean enabled) {
    return new Http3Config(
        maxFieldSectionSize,
        qpackMaxTableCapacity,
        qpackBlockedStreams,
        encoderLimits,
        enabled,
        grease,
        additionalSettings);
  }

  /** With or without GREASE. */
  public Http3Config withGrease(boolean enabled) {
    return new Http3Config(
        maxFieldSectionSize,
        qpackMaxTableCapacity,
        qpackBlockedStreams,
        encoderLimits,
        enableConnectProtocol,
        enabled,
        additionalSettings);
  }

  /** With further settings to send. */
  public Http3Config withAdditionalSettings(Map<Long, Long> settings) {
    return new Http3Config(
        maxFieldSectionSize,
        qpackMaxTableCapacity,
        qpackBlockedStreams,
        encoderLimits,
        enableConnectProtocol,
        grease,
        settings);
  }
}
