package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The transport parameters of one side (RFC 9000 §18.2). Absent ones hold the default that the RFC
 * gives them; absent connection IDs, tokens and addresses are null.
 *
 * @param maxIdleTimeoutMillis 0 for none
 * @param statelessResetToken 16 bytes, server only
 * @param maxUdpPayloadSize at least 1200
 * @param ackDelayExponent 0 to 20
 * @param maxAckDelayMillis below 2^14
 * @param preferredAddress as it came, server only
 * @param activeConnectionIdLimit at least 2
 * @param maxDatagramFrameSize 0 when DATAGRAM is not supported (RFC 9221 §3)
 * @param resetStreamAt whether RESET_STREAM_AT is understood
 * @param minAckDelayMicros the shortest delay of acknowledgments that ACK_FREQUENCY may ask for; -1
 *     when that frame is not understood (draft-ietf-quic-reliable-stream-reset-10 §3)
 * @param versionInformation null when the side says nothing of its versions (RFC 9368 §3)
 * @param greaseQuicBit whether the second bit of packets may be 0 (RFC 9287 §3)
 */
public record TransportParameters(
    ConnectionId originalDestinationConnectionId,
    long maxIdleTimeoutMillis,
    Bytes statelessResetToken,
    long maxUdpPayloadSize,
    long initialMaxData,
    long initialMaxStreamDataBidiLocal,
    long initialMaxStreamDataBidiRemote,
    long initialMaxStreamDataUni,
    long initialMaxStreamsBidi,
    long initialMaxStreamsUni,
    long ackDelayExponent,
    long maxAckDelayMillis,
    boolean disableActiveMigration,
    Bytes preferredAddress,
    long activeConnectionIdLimit,
    ConnectionId initialSourceConnectionId,
    ConnectionId retrySourceConnectionId,
    long maxDatagramFrameSize,
    boolean resetStreamAt,
    long minAckDelayMicros,
    VersionInformation versionInformation,
    boolean greaseQuicBit) {

  /** What a side has that sends no parameter at all. */
  public static final TransportParameters DEFAULTS = new Builder().build();

  /**
   * What of a server's parameters a client goes by in the 0-RTT of a later connection (RFC 9000
   * §7.4.1): without those that belong to one connection, and with default acknowledgment delays.
   */
  public TransportParameters remembered() {
    Builder builder = toBuilder();
    builder.originalDestinationConnectionId = null;
    builder.statelessResetToken = null;
    builder.ackDelayExponent = DEFAULTS.ackDelayExponent();
    builder.maxAckDelayMillis = DEFAULTS.maxAckDelayMillis();
    builder.minAckDelayMicros = DEFAULTS.minAckDelayMicros();
    builder.preferredAddress = null;
    builder.initialSourceConnectionId = null;
    builder.retrySourceConnectionId = null;
    return builder.build();
  }

  /**
   * The first of the limits that 0-RTT relies on which is smaller here than it was (RFC 9000
   * §7.4.1, RFC 9221 §3, draft-ietf-quic-reliable-stream-reset-10 §3).
   *
   * @return its name; null when none is
   */
  public String reducedFrom(TransportParameters before) {
    return smaller(
            "active_connection_id_limit", before, TransportParameters::activeConnectionIdLimit)
        .or(() -> smaller("initial_max_data", before, TransportParameters::initialMaxData))
        .or(
            () ->
                smaller(
                    "initial_max_stream_data_bidi_local",
                    before,
                    TransportParameters::initialMaxStreamDataBidiLocal))
        .or(
            () ->
                smaller(
                    "initial_max_stream_data_bidi_remote",
                    before,
                    TransportParameters::initialMaxStreamDataBidiRemote))
        .or(
            () ->
                smaller(
                    "initial_max_stream_data_uni",
                    before,
                    TransportParameters::initialMaxStreamDataUni))
        .or(
            () ->
                smaller(
                    "initial_max_streams_bidi", before, TransportParameters::initialMaxStreamsBidi))
        .or(
            () ->
                smaller(
                    "initial_max_streams_uni", before, TransportParameters::initialMaxStreamsUni))
        .or(
            () ->
                smaller(
                    "max_datagram_frame_size", before, TransportParameters::maxDatagramFrameSize))
        .or(() -> smaller("reset_stream_at", before, p -> p.resetStreamAt() ? 1 : 0))
        .orElse(null);
  }

  /**
   * Server: whether these honour what earlier ones have promised to a client's 0-RTT. Lower values
   * of max_idle_timeout and max_udp_payload_size would be allowed, and make a bad connection
   * (§7.4.1).
   *
   * @param encoded as a server sent them; false when they cannot be read
   */
  boolean keeps(byte[] encoded) {
    try {
      TransportParameters before = TransportParameterCodec.read(encoded, true);
      boolean idle =
          maxIdleTimeoutMillis == 0
              || before.maxIdleTimeoutMillis != 0
                  && maxIdleTimeoutMillis >= before.maxIdleTimeoutMillis;
      return idle && maxUdpPayloadSize >= before.maxUdpPayloadSize && reducedFrom(before) == null;
    } catch (TransportException malformed) {
      return false;
    }
  }

  private Optional<String> smaller(
      String name, TransportParameters before, ToLongFunction<TransportParameters> parameter) {
    return parameter.applyAsLong(this) < parameter.applyAsLong(before)
        ? Optional.of(name)
        : Optional.empty();
  }

  /** By the names of §18.2, for those who watch; what is a secret or absent is not there. */
  Map<String, Object> byName() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("original_destination_connection_id", originalDestinationConnectionId);
    values.put("initial_source_connection_id", initialSourceConnectionId);
    values.put("retry_source_connection_id", retrySourceConnectionId);
    values.put("disable_active_migration", disableActiveMigration);
    values.put("max_idle_timeout", maxIdleTimeoutMillis);
    values.put("max_udp_payload_size", maxUdpPayloadSize);
    values.put("ack_delay_exponent", ackDelayExponent);
    values.put("max_ack_delay", maxAckDelayMillis);
    values.put("active_connection_id_limit", activeConnectionIdLimit);
    values.put("initial_max_data", initialMaxData);
    values.put("initial_max_stream_data_bidi_local", initialMaxStreamDataBidiLocal);
    values.put("initial_max_stream_data_bidi_remote", initialMaxStreamDataBidiRemote);
    values.put("initial_max_stream_data_uni", initialMaxStreamDataUni);
    values.put("initial_max_streams_bidi", initialMaxStreamsBidi);
    values.put("initial_max_streams_uni", initialMaxStreamsUni);
    values.put("max_datagram_frame_size", maxDatagramFrameSize);
    values.put("grease_quic_bit", greaseQuicBit);
    values.put("reset_stream_at", resetStreamAt);
    values.put("unknown_parameters", minAckDelayMicros < 0 ? null : List.of(minAckDelay()));
    values.values().removeIf(Objects::isNull);
    return values;
  }

  /** As qlog describes what its schema does not know. */
  private Map<String, Object> minAckDelay() {
    byte[] value = new byte[VarInt.length(minAckDelayMicros)];
    new WireWriter(value, 0, value.length).varInt(minAckDelayMicros);
    return Map.of("id", TransportParameterCodec.MIN_ACK_DELAY, "value", Bytes.of(value));
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.originalDestinationConnectionId = originalDestinationConnectionId;
    builder.maxIdleTimeoutMillis = maxIdleTimeoutMillis;
    builder.statelessResetToken = statelessResetToken;
    builder.maxUdpPayloadSize = maxUdpPayloadSize;
    builder.initialMaxData = initialMaxData;
    builder.initialMaxStreamDataBidiLocal = initialMaxStreamDataBidiLocal;
    builder.initialMaxStreamDataBidiRemote = initialMaxStreamDataBidiRemote;
    builder.initialMaxStreamDataUni = initialMaxStreamDataUni;
    builder.initialMaxStreamsBidi = initialMaxStreamsBidi;
    builder.initialMaxStreamsUni = initialMaxStreamsUni;
    builder.ackDelayExponent = ackDelayExponent;
    builder.maxAckDelayMillis = maxAckDelayMillis;
    builder.disableActiveMigration = disableActiveMigration;
    builder.preferredAddress = preferredAddress;
    builder.activeConnectionIdLimit = activeConnectionIdLimit;
    builder.initialSourceConnectionId = initialSourceConnectionId;
    builder.retrySourceConnectionId = retrySourceConnectionId;
    builder.maxDatagramFrameSize = maxDatagramFrameSize;
    builder.resetStreamAt = resetStreamAt;
    builder.minAckDelayMicros = minAckDelayMicros;
    builder.versionInformation = versionInformation;
    builder.greaseQuicBit = greaseQuicBit;
    return builder;
  }

  /** Collects parameters, from a configuration or off the wire. Fields are the parameters. */
  public static final class Builder {
    ConnectionId originalDestinationConnectionId;
    long maxIdleTimeoutMillis;
    Bytes statelessResetToken;
    long maxUdpPayloadSize = 65527;
    long initialMaxData;
    long initialMaxStreamDataBidiLocal;
    long initialMaxStreamDataBidiRemote;
    long initialMaxStreamDataUni;
    long initialMaxStreamsBidi;
    long initialMaxStreamsUni;
    long ackDelayExponent = 3;
    long maxAckDelayMillis = 25;
    boolean disableActiveMigration;
    Bytes preferredAddress;
    long activeConnectionIdLimit = 2;
    ConnectionId initialSourceConnectionId;
    ConnectionId retrySourceConnectionId;
    long maxDatagramFrameSize;
    boolean resetStreamAt;
    long minAckDelayMicros = -1;
    VersionInformation versionInformation;
    boolean greaseQuicBit;

    /** The parameters as collected. */
    public TransportParameters build() {
      return new TransportParameters(
          originalDestinationConnectionId,
          maxIdleTimeoutMillis,
          statelessResetToken,
          maxUdpPayloadSize,
          initialMaxData,
          initialMaxStreamDataBidiLocal,
          initialMaxStreamDataBidiRemote,
          initialMaxStreamDataUni,
          initialMaxStreamsBidi,
          initialMaxStreamsUni,
          ackDelayExponent,
          maxAckDelayMillis,
          disableActiveMigration,
          preferredAddress,
          activeConnectionIdLimit,
          initialSourceConnectionId,
          retrySourceConnectionId,
          maxDatagramFrameSize,
          resetStreamAt,
          minAckDelayMicros,
          versionInformation,
          greaseQuicBit);
    }
  }
}
