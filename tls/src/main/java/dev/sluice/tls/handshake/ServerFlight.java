package dev.sluice.tls.handshake;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.extension.ApplicationProtocols;
import dev.sluice.tls.extension.CertificateAuthorities;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.PreSharedKeySelection;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.ServerHello;
import java.util.ArrayList;
import java.util.List;

/** Makes the server's answers to a ClientHello that it accepts. */
final class ServerFlight {
  private final TlsServerConfig config;
  private final ClientHelloParameters client;

  ServerFlight(TlsServerConfig config, ClientHelloParameters client) {
    this.config = config;
    this.client = client;
  }

  /**
   * ServerHello (RFC 8446 §4.1.3).
   *
   * @param resumption or null
   */
  byte[] serverHello(CipherSuite suite, NamedGroup group, byte[] share, Resumption resumption) {
    List<Extension> list = new ArrayList<>();
    list.add(new SelectedVersion(SelectedVersion.TLS_1_3));
    list.add(new KeyShareSelection(new KeyShareEntry(group.code(), share)));
    if (resumption != null) {
      list.add(new PreSharedKeySelection(resumption.index()));
    }
    byte[] random = new byte[32];
    config.random().nextBytes(random);
    return new ServerHello(
            ClientHello.LEGACY_VERSION,
            random,
            new byte[0],
            suite.code(),
            0,
            Extensions.of(Place.SERVER_HELLO, list))
        .encode();
  }

  /** EncryptedExtensions (RFC 8446 §4.3.1). */
  byte[] encryptedExtensions(
      String protocol,
      byte[] transportParameters,
      NamedGroup group,
      boolean resumed,
      boolean earlyData) {
    List<Extension> list = new ArrayList<>();
    // RFC 6066 §3: the name has been used to choose a certificate, which a resumption does not do.
    if (client.serverName() != null && !resumed) {
      list.add(new UnknownExtension(ExtensionType.SERVER_NAME.code(), new byte[0]));
    }
    // RFC 8446 §4.2.7: tells a client of a group that it had better send a share of next time.
    if (config.groups().getFirst() != group) {
      list.add(new SupportedGroups(config.groups().stream().map(NamedGroup::code).toList()));
    }
    list.add(new ApplicationProtocols(List.of(protocol)));
    list.add(new QuicTransportParameters(transportParameters));
    if (earlyData) {
      list.add(new EarlyData());
    }
    return new EncryptedExtensions(Extensions.of(Place.ENCRYPTED_EXTENSIONS, list)).encode();
  }

  /** CertificateRequest (RFC 8446 §4.3.2). */
  CertificateRequest certificateRequest() {
    List<Extension> list = new ArrayList<>();
    list.add(
        new SignatureAlgorithms(
            config.signatureSchemes().stream().map(SignatureScheme::code).toList()));
    if (!config.certificateAuthorities().isEmpty()) {
      list.add(new CertificateAuthorities(config.certificateAuthorities()));
    }
    return new CertificateRequest(new byte[0], Extensions.of(Place.CERTIFICATE_REQUEST, list));
  }
}
