package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.ApplicationProtocols;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.extension.PskKeyExchangeModes;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.message.ClientHello;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a ClientHello asks for, read out of it and checked by itself (RFC 8446 §4.1.2, §9.2).
 *
 * @param hello the message
 * @param serverName in lower case, or null
 * @param groups code points, known or not
 * @param schemes those known here; empty when the client takes none
 * @param certificateAlgorithms code points of what it takes in certificates, known or not
 * @param protocols ALPN names, empty without the extension
 * @param preSharedKeys offered tickets, or null
 * @param dhePsk whether resumption with a key exchange is allowed
 * @param cookie or null
 */
record ClientHelloParameters(
    ClientHello hello,
    String serverName,
    List<Integer> groups,
    KeyShareOffer keyShares,
    List<SignatureScheme> schemes,
    List<Integer> certificateAlgorithms,
    List<String> protocols,
    byte[] transportParameters,
    PreSharedKeyOffer preSharedKeys,
    boolean dhePsk,
    boolean earlyData,
    Cookie cookie) {
  static ClientHelloParameters read(ClientHello hello) throws TlsException {
    Extensions extensions = hello.extensions();
    requireVersion(hello);
    requireLegacyFields(hello);
    if (extensions.contains(ExtensionType.PRE_SHARED_KEY)
        && !extensions.isLast(ExtensionType.PRE_SHARED_KEY)) {
      throw illegal("pre_shared_key is not the last extension");
    }
    SupportedGroups groups =
        required(extensions, SupportedGroups.in(extensions), ExtensionType.SUPPORTED_GROUPS);
    KeyShareOffer shares =
        required(extensions, KeyShareOffer.in(extensions), ExtensionType.KEY_SHARE);
    requireShares(groups.codes(), shares);
    PreSharedKeyOffer psk = PreSharedKeyOffer.in(extensions);
    PskKeyExchangeModes modes = PskKeyExchangeModes.in(extensions);
    if (psk != null && modes == null) {
      throw extensions.missing(ExtensionType.PSK_KEY_EXCHANGE_MODES);
    }
    SignatureAlgorithms algorithms = SignatureAlgorithms.in(extensions);
    if (psk == null && algorithms == null) {
      throw extensions.missing(ExtensionType.SIGNATURE_ALGORITHMS);
    }
    SignatureAlgorithms inCertificates = SignatureAlgorithms.inCertificates(extensions);
    boolean early = EarlyData.in(extensions);
    if (early && psk == null) {
      throw illegal("early_data without pre_shared_key");
    }
    ServerName name = ServerName.in(extensions);
    ApplicationProtocols protocols = ApplicationProtocols.in(extensions);
    return new ClientHelloParameters(
        hello,
        name == null ? null : name.name(),
        groups.codes(),
        shares,
        algorithms == null ? List.of() : algorithms.known(),
        inCertificates == null ? List.of() : inCertificates.codes(),
        protocols == null ? List.of() : protocols.names(),
        QuicTransportParameters.in(extensions).encoded(),
        psk,
        modes != null && modes.modes().contains(PskKeyExchangeModes.PSK_DHE_KE),
        early,
        Cookie.in(extensions));
  }

  /** RFC 8446 §4.2.1, RFC 9001 §4.2: TLS 1.3 or nothing. */
  private static void requireVersion(ClientHello hello) throws TlsException {
    if (hello.legacyVersion() != ClientHello.LEGACY_VERSION) {
      // RFC 9846 §4.2.2; RFC 8446 §D.5 demands it for SSL alone.
      throw new TlsException(
          AlertDescription.PROTOCOL_VERSION, "ClientHello: legacy_version is not 0x0303");
    }
    OfferedVersions versions = OfferedVersions.in(hello.extensions());
    if (versions == null || !versions.versions().contains(SelectedVersion.TLS_1_3)) {
      throw new TlsException(
          AlertDescription.PROTOCOL_VERSION, "ClientHello: the client does not offer TLS 1.3");
    }
  }

  private static void requireLegacyFields(ClientHello hello) throws TlsException {
    if (hello.legacySessionId().length != 0) {
      throw TlsException.protocolViolation(
          "ClientHello: legacy_session_id is not empty (RFC 9001 §8.4)");
    }
    byte[] methods = hello.legacyCompressionMethods();
    if (methods.length != 1 || methods[0] != 0) {
      throw illegal("legacy_compression_methods is not just null");
    }
  }

  /** RFC 8446 §4.2.8: at most one share of a group, and only of groups that are supported. */
  private static void requireShares(List<Integer> groups, KeyShareOffer shares)
      throws TlsException {
    Set<Integer> seen = new HashSet<>();
    for (KeyShareEntry entry : shares.entries()) {
      if (!seen.add(entry.group())) {
        throw illegal("two key shares of one group");
      }
      if (!groups.contains(entry.group())) {
        throw illegal("a key share of a group that is not among supported_groups");
      }
    }
  }

  private static <T> T required(Extensions extensions, T found, ExtensionType type)
      throws TlsException {
    if (found == null) {
      throw extensions.missing(type);
    }
    return found;
  }

  /** An illegal_parameter alert about a ClientHello. */
  static TlsException illegal(String reason) {
    return new TlsException(AlertDescription.ILLEGAL_PARAMETER, "ClientHello: " + reason);
  }
}
