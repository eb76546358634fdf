package dev.sluice.tools.perf;

import java.util.Arrays;

/**
 * What client and server of {@code sluice perf} agree upon.
 *
 * <p>Over raw QUIC the ALPN protocol is {@code perf}, and a stream is what draft-banks-quic-
 * performance says: the client opens a bidirectional stream and sends eight bytes, big-endian, with
 * the number of bytes that it wants back; what follows up to its FIN is read and dropped. The
 * server sends that many bytes from the moment it has the number, and its FIN once it has both sent
 * them and read the client's. A client that has enough sends STOP_SENDING. Two numbers ask for the
 * server's {@link Usage} instead. Datagrams are sent back as they came.
 *
 * <p>Over HTTP/3 the number is the path: {@code GET /1000} or {@code POST /1000} with content, and
 * the same two requests have names. {@code /session} is a WebTransport session whose streams and
 * datagrams are as over raw QUIC.
 */
public final class PerfProtocol {
  /** The ALPN protocol over raw QUIC. */
  public static final String ALPN = "perf";

  /** The ALPN protocol of HTTP/3 (RFC 9114 §3.1). */
  public static final String ALPN_HTTP3 = "h3";

  /** In place of a number of bytes: the server's usage. */
  public static final long USAGE = -1;

  /** The same after a garbage collection. */
  public static final long USAGE_AFTER_COLLECTION = -2;

  public static final String USAGE_PATH = "/usage";
  public static final String USAGE_AFTER_COLLECTION_PATH = "/usage-after-collection";
  public static final String SESSION_PATH = "/session";

  /** More than anyone waits for: a transfer that ends when its client says so. */
  public static final long ENDLESS = 1L << 50;

  /** Bytes written and read at a time. */
  public static final int CHUNK = 1 << 16;

  private static final byte[] FILLING = new byte[CHUNK];

  static {
    Arrays.fill(FILLING, (byte) 'x');
  }

  private PerfProtocol() {}

  /** {@link #CHUNK} bytes of content. Not to be written to. */
  public static byte[] filling() {
    return FILLING;
  }
}
