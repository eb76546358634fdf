package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * ServerHello, and HelloRetryRequest, which differs from it by its random alone (RFC 8446 §4.1.3,
 * §4.1.4).
 *
 * @param legacyVersion 0x0303
 * @param random 32 bytes
 * @param legacySessionIdEcho what the ClientHello had: empty in QUIC
 * @param cipherSuite the chosen code point
 * @param legacyCompressionMethod zero
 */
public record ServerHello(
    int legacyVersion,
    byte[] random,
    byte[] legacySessionIdEcho,
    int cipherSuite,
    int legacyCompressionMethod,
    Extensions extensions)
    implements HandshakeMessage {

  /** The random that makes a HelloRetryRequest: SHA-256 of "HelloRetryRequest". */
  private static final byte[] RETRY_RANDOM =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  /** A HelloRetryRequest. */
  public static ServerHello retry(int cipherSuite, Extensions extensions) {
    return new ServerHello(
        ClientHello.LEGACY_VERSION, RETRY_RANDOM.clone(), new byte[0], cipherSuite, 0, extensions);
  }

  /** Whether this is a HelloRetryRequest. */
  public boolean isHelloRetryRequest() {
    return Arrays.equals(random, RETRY_RANDOM);
  }

  /** ServerHello or HelloRetryRequest. */
  public String rfcName() {
    return extensions.place().rfcName();
  }

  @Override
  public HandshakeType type() {
    return HandshakeType.SERVER_HELLO;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(legacyVersion)
        .bytes(random)
        .vector8(legacySessionIdEcho)
        .u16(cipherSuite)
        .u8(legacyCompressionMethod);
    extensions.write(out);
  }

  /** Reads a body. A hello without extensions is of an older TLS and read as having none. */
  public static ServerHello read(TlsReader in) throws TlsException {
    int version = in.u16();
    byte[] random = in.bytes(32);
    byte[] sessionId = in.vector8(0);
    if (sessionId.length > 32) {
      throw in.decodeError("legacy_session_id_echo of " + sessionId.length + " bytes");
    }
    int suite = in.u16();
    int compression = in.u8();
    Place place =
        Arrays.equals(random, RETRY_RANDOM) ? Place.HELLO_RETRY_REQUEST : Place.SERVER_HELLO;
    Extensions extensions =
        in.hasRemaining() ? Extensions.read(place, in) : Extensions.of(place, List.of());
    in.end();
    return new ServerHello(version, random, sessionId, suite, compression, extensions);
  }
}
