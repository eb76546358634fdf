package dev.sluice.quic.frame;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.WireReader;

/**
 * The frame types and where they may travel: Table 3 of RFC 9000 §12.4, and the same for the frames
 * of extensions.
 */
public final class FrameTypes {
  public static final long PADDING = 0x00;
  public static final long PING = 0x01;
  public static final long ACK = 0x02;
  public static final long ACK_ECN = 0x03;
  public static final long RESET_STREAM = 0x04;
  public static final long STOP_SENDING = 0x05;
  public static final long CRYPTO = 0x06;
  public static final long NEW_TOKEN = 0x07;
  public static final long STREAM = 0x08;
  public static final long MAX_DATA = 0x10;
  public static final long MAX_STREAM_DATA = 0x11;
  public static final long MAX_STREAMS_BIDI = 0x12;
  public static final long MAX_STREAMS_UNI = 0x13;
  public static final long DATA_BLOCKED = 0x14;
  public static final long STREAM_DATA_BLOCKED = 0x15;
  public static final long STREAMS_BLOCKED_BIDI = 0x16;
  public static final long STREAMS_BLOCKED_UNI = 0x17;
  public static final long NEW_CONNECTION_ID = 0x18;
  public static final long RETIRE_CONNECTION_ID = 0x19;
  public static final long PATH_CHALLENGE = 0x1a;
  public static final long PATH_RESPONSE = 0x1b;
  public static final long CONNECTION_CLOSE = 0x1c;
  public static final long APPLICATION_CLOSE = 0x1d;
  public static final long HANDSHAKE_DONE = 0x1e;

  /** draft-ietf-quic-ack-frequency-12 §5. */
  public static final long IMMEDIATE_ACK = 0x1f;

  /** draft-ietf-quic-ack-frequency-12 §4. */
  public static final long ACK_FREQUENCY = 0xaf;

  /** draft-ietf-quic-reliable-stream-reset-10 §4. */
  public static final long RESET_STREAM_AT = 0x24;

  /** RFC 9221 §4. */
  public static final long DATAGRAM = 0x30;

  /**
   * The table, with the RFC's own letters. Packets: Initial, Handshake, 0-RTT, 1-RTT. Rules: N asks
   * for no acknowledgment, P may probe a new path (§9.1), C does not count as in flight, F is flow
   * controlled. Table 3 lets RETIRE_CONNECTION_ID travel in 0-RTT although §12.5 finds that nobody
   * can send it there; the table is what §12.4 makes binding.
   */
  private static final Row[] TABLE = {
    row(PADDING, PADDING, "PADDING", "IH01", "NP", PaddingFrame::read),
    row(PING, PING, "PING", "IH01", "", PingFrame::read),
    row(ACK, ACK_ECN, "ACK", "IH_1", "NC", AckFrame::read),
    row(RESET_STREAM, RESET_STREAM, "RESET_STREAM", "__01", "", ResetStreamFrame::read),
    row(STOP_SENDING, STOP_SENDING, "STOP_SENDING", "__01", "", StopSendingFrame::read),
    row(CRYPTO, CRYPTO, "CRYPTO", "IH_1", "", CryptoFrame::read),
    row(NEW_TOKEN, NEW_TOKEN, "NEW_TOKEN", "___1", "", NewTokenFrame::read),
    row(STREAM, STREAM | 0x07, "STREAM", "__01", "F", StreamFrame::read),
    row(MAX_DATA, MAX_DATA, "MAX_DATA", "__01", "", MaxDataFrame::read),
    row(MAX_STREAM_DATA, MAX_STREAM_DATA, "MAX_STREAM_DATA", "__01", "", MaxStreamDataFrame::read),
    row(MAX_STREAMS_BIDI, MAX_STREAMS_UNI, "MAX_STREAMS", "__01", "", MaxStreamsFrame::read),
    row(DATA_BLOCKED, DATA_BLOCKED, "DATA_BLOCKED", "__01", "", DataBlockedFrame::read),
    row(
        STREAM_DATA_BLOCKED,
        STREAM_DATA_BLOCKED,
        "STREAM_DATA_BLOCKED",
        "__01",
        "",
        StreamDataBlockedFrame::read),
    row(
        STREAMS_BLOCKED_BIDI,
        STREAMS_BLOCKED_UNI,
        "STREAMS_BLOCKED",
        "__01",
        "",
        StreamsBlockedFrame::read),
    row(
        NEW_CONNECTION_ID,
        NEW_CONNECTION_ID,
        "NEW_CONNECTION_ID",
        "__01",
        "P",
        NewConnectionIdFrame::read),
    row(
        RETIRE_CONNECTION_ID,
        RETIRE_CONNECTION_ID,
        "RETIRE_CONNECTION_ID",
        "__01",
        "",
        RetireConnectionIdFrame::read),
    row(PATH_CHALLENGE, PATH_CHALLENGE, "PATH_CHALLENGE", "__01", "P", PathChallengeFrame::read),
    row(PATH_RESPONSE, PATH_RESPONSE, "PATH_RESPONSE", "___1", "P", PathResponseFrame::read),
    row(
        CONNECTION_CLOSE,
        CONNECTION_CLOSE,
        "CONNECTION_CLOSE",
        "IH01",
        "N",
        ConnectionCloseFrame::read),
    row(
        APPLICATION_CLOSE,
        APPLICATION_CLOSE,
        "CONNECTION_CLOSE",
        "__01",
        "N",
        ConnectionCloseFrame::read),
    row(HANDSHAKE_DONE, HANDSHAKE_DONE, "HANDSHAKE_DONE", "___1", "", HandshakeDoneFrame::read),
    row(RESET_STREAM_AT, RESET_STREAM_AT, "RESET_STREAM_AT", "__01", "", ResetStreamAtFrame::read),
    row(DATAGRAM, DATAGRAM | 0x01, "DATAGRAM", "__01", "", DatagramFrame::read),
    row(IMMEDIATE_ACK, IMMEDIATE_ACK, "IMMEDIATE_ACK", "___1", "", ImmediateAckFrame::read),
    row(ACK_FREQUENCY, ACK_FREQUENCY, "ACK_FREQUENCY", "___1", "", AckFrequencyFrame::read),
  };

  /** The rows of the types of one byte, by type; every packet looks here. */
  private static final Row[] BY_TYPE = new Row[0x40];

  static {
    for (int type = 0; type < BY_TYPE.length; type++) {
      BY_TYPE[type] = search(type);
    }
  }

  private FrameTypes() {}

  /** The frame's name in the RFC, or its number when the type is unknown. */
  public static String name(long type) {
    Row row = find(type);
    return row == null ? "frame type 0x" + Long.toHexString(type) : row.name;
  }

  /** Whether a frame of this type can be read. */
  public static boolean isKnown(long type) {
    return find(type) != null;
  }

  /** Whether a frame may travel in a packet of this kind (§12.4); false for unknown types. */
  public static boolean permitted(long type, PacketType packet) {
    Row row = find(type);
    return row != null
        && switch (packet) {
          case INITIAL -> row.packets.charAt(0) == 'I';
          case HANDSHAKE -> row.packets.charAt(1) == 'H';
          case ZERO_RTT -> row.packets.charAt(2) == '0';
          case ONE_RTT -> row.packets.charAt(3) == '1';
          case RETRY, VERSION_NEGOTIATION -> false;
        };
  }

  /**
   * Whether a packet with such a frame must be acknowledged (§13.2). Unknown types count as such:
   * every extension frame does (§19.21).
   */
  public static boolean isAckEliciting(long type) {
    Row row = find(type);
    return row == null || row.ackEliciting;
  }

  /** Whether a packet of only such frames may probe a new path without migrating to it (§9.1). */
  public static boolean isProbing(long type) {
    Row row = find(type);
    return row != null && row.probing;
  }

  /** The row that covers a type, null when there is none. */
  static Row find(long type) {
    return type >= 0 && type < BY_TYPE.length ? BY_TYPE[(int) type] : search(type);
  }

  private static Row search(long type) {
    for (Row row : TABLE) {
      if (type >= row.first && type <= row.last) {
        return row;
      }
    }
    return null;
  }

  private static Row row(
      long first, long last, String name, String packets, String rules, Parser parser) {
    return new Row(first, last, name, packets, !rules.contains("N"), rules.contains("P"), parser);
  }

  /** Reads the fields that follow the type; throws WireException when they are not well-formed. */
  interface Parser {
    Frame read(long type, WireReader in);
  }

  /** One row: the types from first to last are one frame. */
  record Row(
      long first,
      long last,
      String name,
      String packets,
      boolean ackEliciting,
      boolean probing,
      Parser parser) {}
}
