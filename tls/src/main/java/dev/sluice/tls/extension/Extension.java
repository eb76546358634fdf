package dev.sluice.tls.extension;

import dev.sluice.tls.wire.TlsWriter;

/** One extension that can be written. Its record reads it back with a static {@code in} method. */
public sealed interface Extension
    permits ServerName,
        SupportedGroups,
        SignatureAlgorithms,
        ApplicationProtocols,
        PreSharedKeyOffer,
        PreSharedKeySelection,
        EarlyData,
        MaxEarlyData,
        OfferedVersions,
        SelectedVersion,
        Cookie,
        PskKeyExchangeModes,
        CertificateAuthorities,
        KeyShareOffer,
        KeyShareSelection,
        KeyShareRetry,
        QuicTransportParameters,
        UnknownExtension {

  /** The two-byte code point. */
  int code();

  /** Writes the extension_data. */
  void writeBody(TlsWriter out);
}
