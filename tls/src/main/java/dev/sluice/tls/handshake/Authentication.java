package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.Identity;
import dev.sluice.tls.SignatureRequest;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateVerify;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Proves who we are: makes Certificate and CertificateVerify (RFC 8446 §4.4.2, §4.4.3). The same
 * for both roles.
 *
 * @param identity whose certificate, or null for a client that has none to show
 * @param scheme with which its key signs
 */
record Authentication(Identity identity, SignatureScheme scheme) {
  /** A client without a certificate. */
  static final Authentication NONE = new Authentication(null, null);

  private static final int PADDING_LENGTH = 64;

  /** The Certificate message, empty without an identity; not to be changed. */
  byte[] certificate() {
    return identity == null ? Certificate.of(List.of()).encode() : identity.certificateMessage();
  }

  /**
   * What there is to sign.
   *
   * @param hash of the transcript up to our Certificate
   */
  SignatureRequest request(boolean server, byte[] hash, RandomGenerator random) {
    return new SignatureRequest(identity, scheme, signedContent(server, hash), random);
  }

  /** The CertificateVerify message with this signature. */
  byte[] certificateVerify(byte[] signature) {
    return new CertificateVerify(scheme.code(), signature).encode();
  }

  /** The same, signed at once. */
  byte[] certificateVerify(SignatureRequest request) throws TlsException {
    try {
      return certificateVerify(request.sign());
    } catch (GeneralSecurityException e) {
      throw doesNotSign(e);
    }
  }

  /**
   * There is no signature.
   *
   * @param cause or null
   */
  static TlsException doesNotSign(GeneralSecurityException cause) {
    return new TlsException(
        AlertDescription.INTERNAL_ERROR, "CertificateVerify: our own key does not sign", cause);
  }

  /**
   * What a CertificateVerify signs (RFC 8446 §4.4.3): padding against older protocols, a context
   * that tells the roles apart, and the transcript hash.
   */
  static byte[] signedContent(boolean server, byte[] hash) {
    String role = server ? "server" : "client";
    byte[] context =
        ("TLS 1.3, " + role + " CertificateVerify\0").getBytes(StandardCharsets.US_ASCII);
    byte[] content = new byte[PADDING_LENGTH + context.length + hash.length];
    Arrays.fill(content, 0, PADDING_LENGTH, (byte) ' ');
    System.arraycopy(context, 0, content, PADDING_LENGTH, context.length);
    System.arraycopy(hash, 0, content, PADDING_LENGTH + context.length, hash.length);
    return content;
  }
}
