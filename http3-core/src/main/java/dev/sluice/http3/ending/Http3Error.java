package dev.sluice.http3.ending;

/**
 * The error codes of HTTP/3 (RFC 9114 §8.1), of QPACK (RFC 9204 §6), of HTTP datagrams (RFC 9297
 * §5.2) and of WebTransport (draft-ietf-webtrans-http3-16 §9.5).
 */
public enum Http3Error {
  H3_NO_ERROR(0x0100),
  H3_GENERAL_PROTOCOL_ERROR(0x0101),
  H3_INTERNAL_ERROR(0x0102),
  H3_STREAM_CREATION_ERROR(0x0103),
  H3_CLOSED_CRITICAL_STREAM(0x0104),
  H3_FRAME_UNEXPECTED(0x0105),
  H3_FRAME_ERROR(0x0106),
  H3_EXCESSIVE_LOAD(0x0107),
  H3_ID_ERROR(0x0108),
  H3_SETTINGS_ERROR(0x0109),
  H3_MISSING_SETTINGS(0x010a),
  H3_REQUEST_REJECTED(0x010b),
  H3_REQUEST_CANCELLED(0x010c),
  H3_REQUEST_INCOMPLETE(0x010d),
  H3_MESSAGE_ERROR(0x010e),
  H3_CONNECT_ERROR(0x010f),
  H3_VERSION_FALLBACK(0x0110),
  QPACK_DECOMPRESSION_FAILED(0x0200),
  QPACK_ENCODER_STREAM_ERROR(0x0201),
  QPACK_DECODER_STREAM_ERROR(0x0202),
  H3_DATAGRAM_ERROR(0x33),
  WT_BUFFERED_STREAM_REJECTED(0x3994bd84L),
  WT_SESSION_GONE(0x170d7b68L),
  WT_FLOW_CONTROL_ERROR(0x045d4487L),
  WT_ALPN_ERROR(0x0817b3ddL),
  WT_REQUIREMENTS_NOT_MET(0x212c0d48L);

  private static final Http3Error[] ALL = values();

  private final long code;

  Http3Error(long code) {
    this.code = code;
  }

  /** The code on the wire. */
  public long code() {
    return code;
  }

  /**
   * The error that a received code stands for. Codes that are reserved or not known mean the same
   * as H3_NO_ERROR (RFC 9114 §8), so there is an answer for every number.
   */
  public static Http3Error of(long code) {
    if (code >= H3_NO_ERROR.code && code <= H3_VERSION_FALLBACK.code) {
      return ALL[(int) (code - H3_NO_ERROR.code)];
    }
    if (code >= QPACK_DECOMPRESSION_FAILED.code && code <= QPACK_DECODER_STREAM_ERROR.code) {
      int first = QPACK_DECOMPRESSION_FAILED.ordinal();
      return ALL[first + (int) (code - QPACK_DECOMPRESSION_FAILED.code)];
    }
    for (int i = H3_DATAGRAM_ERROR.ordinal(); i < ALL.length; i++) {
      if (ALL[i].code == code) {
        return ALL[i];
      }
    }
    return H3_NO_ERROR;
  }

  /** The registered name of a code, or the number of one that has none. For people. */
  public static String describe(long code) {
    Http3Error known = of(code);
    return known.code == code ? known.name() : "error 0x" + Long.toHexString(code);
  }
}
