package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.ServerHello;
import java.util.Arrays;
import java.util.HexFormat;

/** What a client checks alike in a ServerHello and a HelloRetryRequest (RFC 8446 §4.1.3). */
final class ServerHelloChecks {
  /** "DOWNGRD" at the end of a random: a TLS 1.3 server was made to speak an older version. */
  private static final byte[] DOWNGRADE = HexFormat.of().parseHex("444f574e475244");

  private ServerHelloChecks() {}

  /**
   * Checks version, echo, suite, compression and that every extension was offered.
   *
   * @param earlier the suite of a HelloRetryRequest before this message, or null
   * @return the chosen suite
   */
  static CipherSuite check(
      ServerHello hello, TlsClientConfig config, ClientOffer offer, CipherSuite earlier)
      throws TlsException {
    // RFC 8446 §4.2.1: before anything else.
    requireVersion(hello);
    if (hello.legacyVersion() != ClientHello.LEGACY_VERSION) {
      // RFC 9846 §4.2.3; RFC 8446 §D.5 names the alert for SSL 3.0 alone.
      throw new TlsException(
          AlertDescription.PROTOCOL_VERSION, hello.rfcName() + ": legacy_version is not 0x0303");
    }
    if (hello.legacySessionIdEcho().length != 0) {
      throw illegal(hello, "legacy_session_id_echo is not the empty one that was sent");
    }
    if (hello.legacyCompressionMethod() != 0) {
      throw illegal(hello, "legacy_compression_method is not zero");
    }
    CipherSuite suite = CipherSuite.of(hello.cipherSuite());
    if (suite == null || !config.cipherSuites().contains(suite)) {
      throw illegal(
          hello, String.format("cipher suite 0x%04x was not offered", hello.cipherSuite()));
    }
    if (earlier != null && suite != earlier) {
      throw illegal(hello, suite + " is not the suite of the HelloRetryRequest");
    }
    hello.extensions().requireOffered(offer.extensions());
    return suite;
  }

  private static void requireVersion(ServerHello hello) throws TlsException {
    SelectedVersion version = SelectedVersion.in(hello.extensions());
    if (version != null) {
      if (version.version() != SelectedVersion.TLS_1_3) {
        throw illegal(hello, String.format("version 0x%04x was not offered", version.version()));
      }
      return;
    }
    byte[] random = hello.random();
    byte[] end = Arrays.copyOfRange(random, random.length - 8, random.length - 1);
    if (Arrays.equals(end, DOWNGRADE)) {
      throw illegal(hello, "its random says that the version was forced down");
    }
    throw new TlsException(
        AlertDescription.PROTOCOL_VERSION, hello.rfcName() + ": the server does not speak TLS 1.3");
  }

  /** An illegal_parameter alert about a hello. */
  static TlsException illegal(ServerHello hello, String reason) {
    return new TlsException(AlertDescription.ILLEGAL_PARAMETER, hello.rfcName() + ": " + reason);
  }
}
