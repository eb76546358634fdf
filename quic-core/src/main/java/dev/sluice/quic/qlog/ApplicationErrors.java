package dev.sluice.quic.qlog;

/**
 * Names of application error codes, for protocols whose qlog schema gives them some. QUIC only
 * carries the numbers, but a log is for people (HTTP/3 events §4.3).
 */
final class ApplicationErrors {
  /** H3_NO_ERROR and those after it (RFC 9114 §8.1). */
  private static final String[] HTTP3 = {
    "http_no_error",
    "http_general_protocol_error",
    "http_internal_error",
    "http_stream_creation_error",
    "http_closed_critical_stream",
    "http_frame_unexpected",
    "http_frame_error",
    "http_excessive_load",
    "http_id_error",
    "http_settings_error",
    "http_missing_settings",
    "http_request_rejected",
    "http_request_cancelled",
    "http_request_incomplete",
    "http_message_error",
    "http_connect_error",
    "http_version_fallback"
  };

  private static final long HTTP3_FIRST = 0x100;

  /** The one that has no name in the schema. */
  private static final long HTTP3_MESSAGE_ERROR = 0x10e;

  private boolean http3;

  /** The application protocol is known. */
  void protocol(String protocol) {
    http3 = "h3".equals(protocol);
  }

  /** The code's name; {@code unknown} where it has none. */
  String name(long code) {
    boolean named =
        http3
            && code >= HTTP3_FIRST
            && code < HTTP3_FIRST + HTTP3.length
            && code != HTTP3_MESSAGE_ERROR;
    return named ? HTTP3[(int) (code - HTTP3_FIRST)] : "unknown";
  }
}
