package dev.sluice.quic.ending;

/** Transport error codes (RFC 9000 §20.1), in the order of their numbers. */
public enum TransportError {
  NO_ERROR(0x00),
  INTERNAL_ERROR(0x01),
  CONNECTION_REFUSED(0x02),
  FLOW_CONTROL_ERROR(0x03),
  STREAM_LIMIT_ERROR(0x04),
  STREAM_STATE_ERROR(0x05),
  FINAL_SIZE_ERROR(0x06),
  FRAME_ENCODING_ERROR(0x07),
  TRANSPORT_PARAMETER_ERROR(0x08),
  CONNECTION_ID_LIMIT_ERROR(0x09),
  PROTOCOL_VIOLATION(0x0a),
  INVALID_TOKEN(0x0b),
  APPLICATION_ERROR(0x0c),
  CRYPTO_BUFFER_EXCEEDED(0x0d),
  KEY_UPDATE_ERROR(0x0e),
  AEAD_LIMIT_REACHED(0x0f),
  NO_VIABLE_PATH(0x10),
  /** RFC 9368 §10.2. */
  VERSION_NEGOTIATION_ERROR(0x11);

  /** The first of the 256 codes that carry a TLS alert (RFC 9001 §4.8). */
  public static final long CRYPTO_ERROR = 0x0100;

  private static final TransportError[] BY_CODE = values();

  private final long code;

  TransportError(long code) {
    this.code = code;
  }

  /** The code on the wire. */
  public long code() {
    return code;
  }

  /** The registered name of a code, "TLS alert N" for CRYPTO_ERROR, else the number. */
  public static String describe(long code) {
    if (code >= 0 && code < BY_CODE.length) {
      return BY_CODE[(int) code].name();
    }
    if (code >= CRYPTO_ERROR && code <= CRYPTO_ERROR + 0xff) {
      return "CRYPTO_ERROR (TLS alert " + (code - CRYPTO_ERROR) + ")";
    }
    return "error 0x" + Long.toHexString(code);
  }
}
