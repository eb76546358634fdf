package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.ApplicationProtocols;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.wire.TlsReader;

/**
 * What a server says in its EncryptedExtensions (RFC 8446 §4.3.1).
 *
 * @param applicationProtocol the protocol that it chose
 * @param transportParameters as QUIC encodes them
 * @param earlyData whether 0-RTT is accepted
 */
record ServerParameters(String applicationProtocol, byte[] transportParameters, boolean earlyData) {

  static ServerParameters read(Extensions extensions, TlsClientConfig config) throws TlsException {
    TlsReader serverName = extensions.reader(ExtensionType.SERVER_NAME);
    if (serverName != null) {
      // RFC 6066 §3: the acknowledgement is empty.
      serverName.end();
    }
    // Read to refuse what is malformed; the server's taste in groups is not remembered.
    SupportedGroups.in(extensions);
    return new ServerParameters(
        protocol(extensions, config),
        QuicTransportParameters.in(extensions).encoded(),
        EarlyData.in(extensions));
  }

  /** RFC 9001 §8.1: without a protocol in common there is no connection. */
  private static String protocol(Extensions extensions, TlsClientConfig config)
      throws TlsException {
    ApplicationProtocols chosen = ApplicationProtocols.in(extensions);
    if (chosen == null) {
      throw noProtocol("the server has chosen no application protocol");
    }
    if (chosen.names().size() != 1) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "EncryptedExtensions: more than one application protocol (RFC 7301 §3.1)");
    }
    String name = chosen.names().getFirst();
    if (!config.applicationProtocols().contains(name)) {
      throw noProtocol("the server has chosen an application protocol that was not offered");
    }
    return name;
  }

  private static TlsException noProtocol(String reason) {
    return new TlsException(
        AlertDescription.NO_APPLICATION_PROTOCOL, "EncryptedExtensions: " + reason);
  }
}
