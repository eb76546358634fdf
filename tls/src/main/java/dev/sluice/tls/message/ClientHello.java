package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * ClientHello (RFC 8446 §4.1.2).
 *
 * @param legacyVersion 0x0303
 * @param random 32 bytes
 * @param legacySessionId empty in QUIC (RFC 9001 §8.4), at most 32 bytes
 * @param cipherSuites code points in order of preference, known or not
 * @param legacyCompressionMethods one zero byte
 */
public record ClientHello(
    int legacyVersion,
    byte[] random,
    byte[] legacySessionId,
    List<Integer> cipherSuites,
    byte[] legacyCompressionMethods,
    Extensions extensions)
    implements HandshakeMessage {

  /** legacy_version of every hello: TLS 1.2. */
  public static final int LEGACY_VERSION = 0x0303;

  @Override
  public HandshakeType type() {
    return HandshakeType.CLIENT_HELLO;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(legacyVersion)
        .bytes(random)
        .vector8(legacySessionId)
        .vector16(suites -> cipherSuites.forEach(suites::u16))
        .vector8(legacyCompressionMethods);
    extensions.write(out);
  }

  /** Reads a body. A hello without extensions is of an older TLS and read as having none. */
  public static ClientHello read(TlsReader in) throws TlsException {
    int version = in.u16();
    byte[] random = in.bytes(32);
    byte[] sessionId = in.vector8(0);
    if (sessionId.length > 32) {
      throw in.decodeError("legacy_session_id of " + sessionId.length + " bytes");
    }
    TlsReader suites = in.sub16("cipher_suites", 2);
    List<Integer> codes = new ArrayList<>();
    while (suites.hasRemaining()) {
      codes.add(suites.u16());
    }
    byte[] compression = in.vector8(1);
    Extensions extensions =
        in.hasRemaining()
            ? Extensions.read(Place.CLIENT_HELLO, in)
            : Extensions.of(Place.CLIENT_HELLO, List.of());
    in.end();
    return new ClientHello(version, random, sessionId, List.copyOf(codes), compression, extensions);
  }
}
