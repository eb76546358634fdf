package dev.sluice.interop;

import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The files that peers on one test's machine share: a certificate for localhost with its key.
 *
 * @param identity as our own side takes it
 * @param certificate PEM
 * @param key PEM, PKCS #8
 */
record PeerFiles(Identity identity, Path certificate, Path key) {
  private static final Duration VALIDITY = Duration.ofDays(10);

  /** Makes a certificate in a folder. */
  static PeerFiles create(Path folder) throws IOException {
    Identity identity =
        SelfSignedIdentity.create(
            List.of("localhost", "127.0.0.1", "::1"),
            VALIDITY,
            new SecureRandom(),
            InstantSource.system());
    StringBuilder chain = new StringBuilder();
    try {
      for (X509Certificate certificate : identity.certificateChain()) {
        chain.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
    return new PeerFiles(
        identity,
        Files.writeString(folder.resolve("cert.pem"), chain),
        Files.writeString(
            folder.resolve("key.pem"), pem("PRIVATE KEY", identity.privateKey().getEncoded())));
  }

  /** A file whose bytes follow from the seed. */
  static Path randomFile(Path file, long length, long seed) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      SplittableRandom bytes = new SplittableRandom(seed);
      byte[] chunk = new byte[1 << 16];
      for (long left = length; left > 0; left -= chunk.length) {
        bytes.nextBytes(chunk);
        out.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
    }
    return file;
  }

  private static String pem(String label, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, encoder.encodeToString(der), label);
  }
}
