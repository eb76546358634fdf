package dev.sluice.http3.datagram;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * An HTTP/3 datagram (RFC 9297 §2.1).
 *
 * @param streamId the request that it belongs to
 * @param payload belongs to the datagram
 */
record HttpDatagram(long streamId, byte[] payload) {
  /** Stream ids are below 2^62, and the field holds a quarter of one. */
  private static final long MAX_QUARTER_STREAM_ID = (1L << 60) - 1;

  /**
   * Reads the data of a DATAGRAM frame.
   *
   * @throws ConnectionErrorException H3_DATAGRAM_ERROR when it is too short or names no stream
   */
  static HttpDatagram parse(byte[] data) {
    WireReader in = WireReader.of(data);
    long quarter;
    try {
      quarter = in.varInt();
    } catch (WireException e) {
      throw new ConnectionErrorException(
          Http3Error.H3_DATAGRAM_ERROR, "a datagram without a Quarter Stream ID");
    }
    if (quarter > MAX_QUARTER_STREAM_ID) {
      throw new ConnectionErrorException(
          Http3Error.H3_DATAGRAM_ERROR, "a datagram's Quarter Stream ID is above 2^60-1");
    }
    return new HttpDatagram(4 * quarter, in.bytes(in.remaining()));
  }

  /** How many bytes go before the payload. */
  static int overhead(long streamId) {
    return VarInt.length(streamId / 4);
  }

  /** The data of a DATAGRAM frame. */
  static byte[] encode(long streamId, byte[] source, int offset, int length) {
    byte[] data = new byte[overhead(streamId) + length];
    new WireWriter(data, 0, data.length).varInt(streamId / 4).bytes(source, offset, length);
    return data;
  }
}
