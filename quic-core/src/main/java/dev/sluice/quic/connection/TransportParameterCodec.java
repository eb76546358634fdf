package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Reads and writes the quic_transport_parameters extension (RFC 9000 §18). */
public final class TransportParameterCodec {
  private static final long ORIGINAL_DESTINATION_CONNECTION_ID = 0x00;
  private static final long MAX_IDLE_TIMEOUT = 0x01;
  private static final long STATELESS_RESET_TOKEN = 0x02;
  private static final long MAX_UDP_PAYLOAD_SIZE = 0x03;
  private static final long INITIAL_MAX_DATA = 0x04;
  private static final long INITIAL_MAX_STREAM_DATA_BIDI_LOCAL = 0x05;
  private static final long INITIAL_MAX_STREAM_DATA_BIDI_REMOTE = 0x06;
  private static final long INITIAL_MAX_STREAM_DATA_UNI = 0x07;
  private static final long INITIAL_MAX_STREAMS_BIDI = 0x08;
  private static final long INITIAL_MAX_STREAMS_UNI = 0x09;
  private static final long ACK_DELAY_EXPONENT = 0x0a;
  private static final long MAX_ACK_DELAY = 0x0b;
  private static final long DISABLE_ACTIVE_MIGRATION = 0x0c;
  private static final long PREFERRED_ADDRESS = 0x0d;
  private static final long ACTIVE_CONNECTION_ID_LIMIT = 0x0e;
  private static final long INITIAL_SOURCE_CONNECTION_ID = 0x0f;
  private static final long RETRY_SOURCE_CONNECTION_ID = 0x10;
  private static final long VERSION_INFORMATION = 0x11;
  private static final long RESET_STREAM_AT = 0x1d;
  private static final long MAX_DATAGRAM_FRAME_SIZE = 0x20;
  private static final long GREASE_QUIC_BIT = 0x2ab2;

  /** draft-ietf-quic-ack-frequency-12 §3. */
  static final long MIN_ACK_DELAY = 0xff04de1bL;

  /** The code point of the drafts of reset_stream_at before -08, which deployed peers still use. */
  private static final long RESET_STREAM_AT_EARLIER = 0x17f7586d2cb571L;

  /** IPv4 and IPv6 address and port, a connection ID of at least one byte, a token (§18.2). */
  private static final int PREFERRED_ADDRESS_MIN = 4 + 2 + 16 + 2 + 1 + 1 + 16;

  private static final long MAX_STREAMS = 1L << 60;

  private TransportParameterCodec() {}

  /**
   * Encodes what differs from the defaults, and one reserved parameter for exercise (§18.1).
   *
   * @param random chooses the reserved parameter
   */
  public static byte[] write(TransportParameters p, RandomGenerator random) {
    WireWriter out = new WireWriter(new byte[512], 0, 512);
    TransportParameters d = TransportParameters.DEFAULTS;
    id(out, ORIGINAL_DESTINATION_CONNECTION_ID, p.originalDestinationConnectionId());
    number(out, MAX_IDLE_TIMEOUT, p.maxIdleTimeoutMillis(), d.maxIdleTimeoutMillis());
    bytes(out, STATELESS_RESET_TOKEN, p.statelessResetToken());
    number(out, MAX_UDP_PAYLOAD_SIZE, p.maxUdpPayloadSize(), d.maxUdpPayloadSize());
    number(out, INITIAL_MAX_DATA, p.initialMaxData(), 0);
    number(out, INITIAL_MAX_STREAM_DATA_BIDI_LOCAL, p.initialMaxStreamDataBidiLocal(), 0);
    number(out, INITIAL_MAX_STREAM_DATA_BIDI_REMOTE, p.initialMaxStreamDataBidiRemote(), 0);
    number(out, INITIAL_MAX_STREAM_DATA_UNI, p.initialMaxStreamDataUni(), 0);
    number(out, INITIAL_MAX_STREAMS_BIDI, p.initialMaxStreamsBidi(), 0);
    number(out, INITIAL_MAX_STREAMS_UNI, p.initialMaxStreamsUni(), 0);
    number(out, ACK_DELAY_EXPONENT, p.ackDelayExponent(), d.ackDelayExponent());
    number(out, MAX_ACK_DELAY, p.maxAckDelayMillis(), d.maxAckDelayMillis());
    if (p.disableActiveMigration()) {
      out.varInt(DISABLE_ACTIVE_MIGRATION).varInt(0);
    }
    bytes(out, PREFERRED_ADDRESS, p.preferredAddress());
    number(
        out, ACTIVE_CONNECTION_ID_LIMIT, p.activeConnectionIdLimit(), d.activeConnectionIdLimit());
    id(out, INITIAL_SOURCE_CONNECTION_ID, p.initialSourceConnectionId());
    id(out, RETRY_SOURCE_CONNECTION_ID, p.retrySourceConnectionId());
    number(out, MAX_DATAGRAM_FRAME_SIZE, p.maxDatagramFrameSize(), 0);
    if (p.resetStreamAt()) {
      out.varInt(RESET_STREAM_AT).varInt(0);
      out.varInt(RESET_STREAM_AT_EARLIER).varInt(0);
    }
    number(out, MIN_ACK_DELAY, p.minAckDelayMicros(), d.minAckDelayMicros());
    if (p.versionInformation() != null) {
      bytes(out, VERSION_INFORMATION, p.versionInformation().encode());
    }
    if (p.greaseQuicBit()) {
      out.varInt(GREASE_QUIC_BIT).varInt(0);
    }
    reserved(out, random);
    byte[] encoded = new byte[out.position()];
    System.arraycopy(out.buffer(), 0, encoded, 0, encoded.length);
    return encoded;
  }

  /**
   * Decodes and validates the peer's parameters; unknown ones are ignored (§7.4.2).
   *
   * @param fromServer whether the sender is a server; some parameters are the server's alone
   * @throws TransportException TRANSPORT_PARAMETER_ERROR, with the parameter at fault
   */
  public static TransportParameters read(byte[] encoded, boolean fromServer) {
    TransportParameters.Builder builder = new TransportParameters.Builder();
    Set<Long> seen = new HashSet<>();
    WireReader in = WireReader.of(encoded);
    try {
      while (in.hasRemaining()) {
        long parameter = in.varInt();
        long length = in.varInt();
        if (length > in.remaining()) {
          throw error("parameter 0x" + Long.toHexString(parameter) + " is longer than the list");
        }
        if (!seen.add(parameter)) {
          throw error("parameter 0x" + Long.toHexString(parameter) + " occurs twice");
        }
        Bytes value = in.slice((int) length);
        readOne(builder, parameter, value, fromServer);
      }
    } catch (WireException truncated) {
      throw error("the list is cut short");
    }
    check(
        builder.minAckDelayMicros <= builder.maxAckDelayMillis * 1000,
        "min_ack_delay is above max_ack_delay");
    return builder.build();
  }

  /**
   * The version of a connection whose server sent these parameters. One that said nothing of it
   * knew of version 1 only (RFC 9368 §8).
   *
   * @return null when it is not known here, or the parameters cannot be read
   */
  static QuicVersion versionOf(byte[] serverParameters) {
    try {
      VersionInformation said = read(serverParameters, true).versionInformation();
      return said == null ? QuicVersion.V1 : said.chosenVersion();
    } catch (TransportException malformed) {
      return null;
    }
  }

  private static void readOne(
      TransportParameters.Builder to, long parameter, Bytes value, boolean fromServer) {
    if (!fromServer && isServerOnly(parameter)) {
      throw error("parameter 0x" + Long.toHexString(parameter) + " is for servers only");
    }
    if (parameter == RESET_STREAM_AT || parameter == RESET_STREAM_AT_EARLIER) {
      check(value.length() == 0, "reset_stream_at has a value");
      to.resetStreamAt = true;
    } else if (parameter == MIN_ACK_DELAY) {
      to.minAckDelayMicros = number(parameter, value);
    } else if (parameter == VERSION_INFORMATION) {
      to.versionInformation =
          VersionInformation.read(value, fromServer)
              .orElseThrow(() -> error("version_information is malformed"));
    } else if (parameter == GREASE_QUIC_BIT) {
      check(value.length() == 0, "grease_quic_bit has a value");
      to.greaseQuicBit = true;
    } else if (!readId(to, parameter, value)) {
      readValue(to, parameter, value);
    }
  }

  /** Whether the parameter is a connection ID. */
  private static boolean readId(TransportParameters.Builder to, long parameter, Bytes value) {
    if (parameter == ORIGINAL_DESTINATION_CONNECTION_ID) {
      to.originalDestinationConnectionId = id(parameter, value);
    } else if (parameter == INITIAL_SOURCE_CONNECTION_ID) {
      to.initialSourceConnectionId = id(parameter, value);
    } else if (parameter == RETRY_SOURCE_CONNECTION_ID) {
      to.retrySourceConnectionId = id(parameter, value);
    } else {
      return false;
    }
    return true;
  }

  private static void readValue(TransportParameters.Builder to, long parameter, Bytes value) {
    switch ((int) Math.min(parameter, Integer.MAX_VALUE)) {
      case (int) MAX_IDLE_TIMEOUT -> to.maxIdleTimeoutMillis = number(parameter, value);
      case (int) STATELESS_RESET_TOKEN -> {
        check(value.length() == 16, "stateless_reset_token is not 16 bytes long");
        to.statelessResetToken = Bytes.of(value.toArray());
      }
      case (int) MAX_UDP_PAYLOAD_SIZE -> {
        to.maxUdpPayloadSize = number(parameter, value);
        check(to.maxUdpPayloadSize >= 1200, "max_udp_payload_size is below 1200");
      }
      case (int) INITIAL_MAX_DATA -> to.initialMaxData = number(parameter, value);
      case (int) INITIAL_MAX_STREAM_DATA_BIDI_LOCAL ->
          to.initialMaxStreamDataBidiLocal = number(parameter, value);
      case (int) INITIAL_MAX_STREAM_DATA_BIDI_REMOTE ->
          to.initialMaxStreamDataBidiRemote = number(parameter, value);
      case (int) INITIAL_MAX_STREAM_DATA_UNI ->
          to.initialMaxStreamDataUni = number(parameter, value);
      case (int) INITIAL_MAX_STREAMS_BIDI -> {
        to.initialMaxStreamsBidi = number(parameter, value);
        check(to.initialMaxStreamsBidi <= MAX_STREAMS, "initial_max_streams_bidi is above 2^60");
      }
      case (int) INITIAL_MAX_STREAMS_UNI -> {
        to.initialMaxStreamsUni = number(parameter, value);
        check(to.initialMaxStreamsUni <= MAX_STREAMS, "initial_max_streams_uni is above 2^60");
      }
      case (int) ACK_DELAY_EXPONENT -> {
        to.ackDelayExponent = number(parameter, value);
        check(to.ackDelayExponent <= 20, "ack_delay_exponent is above 20");
      }
      case (int) MAX_ACK_DELAY -> {
        to.maxAckDelayMillis = number(parameter, value);
        check(to.maxAckDelayMillis < 1 << 14, "max_ack_delay is not below 2^14");
      }
      case (int) DISABLE_ACTIVE_MIGRATION -> {
        check(value.length() == 0, "disable_active_migration has a value");
        to.disableActiveMigration = true;
      }
      case (int) PREFERRED_ADDRESS -> to.preferredAddress = preferredAddress(value);
      case (int) ACTIVE_CONNECTION_ID_LIMIT -> {
        to.activeConnectionIdLimit = number(parameter, value);
        check(to.activeConnectionIdLimit >= 2, "active_connection_id_limit is below 2");
      }
      case (int) MAX_DATAGRAM_FRAME_SIZE -> to.maxDatagramFrameSize = number(parameter, value);
      default -> {
        // Unknown and reserved parameters are ignored (§7.4.2).
      }
    }
  }

  private static boolean isServerOnly(long parameter) {
    return parameter == ORIGINAL_DESTINATION_CONNECTION_ID
        || parameter == STATELESS_RESET_TOKEN
        || parameter == PREFERRED_ADDRESS
        || parameter == RETRY_SOURCE_CONNECTION_ID;
  }

  private static Bytes preferredAddress(Bytes value) {
    check(value.length() >= PREFERRED_ADDRESS_MIN, "preferred_address is cut short");
    int idLength = value.array()[value.offset() + 24] & 0xff;
    check(
        idLength >= 1
            && idLength <= ConnectionId.MAX_LENGTH
            && value.length() == PREFERRED_ADDRESS_MIN - 1 + idLength,
        "preferred_address has a connection ID of a wrong length");
    return Bytes.of(value.toArray());
  }

  private static long number(long parameter, Bytes value) {
    WireReader in = new WireReader(value.array(), value.offset(), value.length());
    long number = in.hasRemaining() ? in.varInt() : -1;
    check(
        number >= 0 && !in.hasRemaining(),
        "parameter 0x" + Long.toHexString(parameter) + " is not one integer");
    return number;
  }

  private static ConnectionId id(long parameter, Bytes value) {
    check(
        value.length() <= ConnectionId.MAX_LENGTH,
        "parameter 0x" + Long.toHexString(parameter) + " is longer than a connection ID");
    return ConnectionId.of(value.array(), value.offset(), value.length());
  }

  private static void check(boolean holds, String reason) {
    if (!holds) {
      throw error(reason);
    }
  }

  private static TransportException error(String reason) {
    return new TransportException(
        TransportError.TRANSPORT_PARAMETER_ERROR, 0, "transport parameters: " + reason);
  }

  private static void number(WireWriter out, long parameter, long value, long defaultValue) {
    if (value != defaultValue) {
      out.varInt(parameter).varInt(VarInt.length(value)).varInt(value);
    }
  }

  private static void id(WireWriter out, long parameter, ConnectionId value) {
    if (value != null) {
      out.varInt(parameter).varInt(value.length());
      value.writeTo(out);
    }
  }

  private static void bytes(WireWriter out, long parameter, Bytes value) {
    if (value != null) {
      out.varInt(parameter).varInt(value.length()).bytes(value);
    }
  }

  private static void reserved(WireWriter out, RandomGenerator random) {
    int length = random.nextInt(0, 9);
    byte[] value = new byte[length];
    random.nextBytes(value);
    out.varInt(27 + 31L * random.nextInt(0, 1 << 20)).varInt(length).bytes(value);
  }
}
