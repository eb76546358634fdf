package dev.sluice.tools.get;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.Pem;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whom a client trusts and what it shows of itself: {@code -k}, {@code --cacert}, {@code --cert}.
 */
public final class ClientTrust {
  private ClientTrust() {}

  /** Applies the options. */
  static void apply(GetOptions options, Http3Client.Builder client) throws CommandException {
    if (options.caCertificates != null) {
      client.trustManager(trustManager(options.caCertificates));
    }
    if (options.insecure) {
      client.insecurelyTrustEveryone();
    }
    if (options.certificate != null) {
      client.keyManager(
          keyManager(options.certificate, options.key == null ? options.certificate : options.key));
    } else if (options.key != null) {
      throw new CommandException(ExitCode.USAGE, "--key without --cert");
    }
  }

  /** Trusts the certificates of a PEM file and no others. */
  public static X509TrustManager trustManager(Path file) throws CommandException {
    try {
      return Trust.in(Pem.certificates(Files.readString(file)));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.CA_FILE,
          "cannot use the certificates in " + file + ": " + FileFailure.reason(e),
          e);
    }
  }

  private static X509ExtendedKeyManager keyManager(Path chain, Path key) throws CommandException {
    try {
      Identity identity = Identity.fromPem(chain, key);
      KeyStore store = Trust.emptyStore();
      store.setKeyEntry(
          "client",
          identity.privateKey(),
          new char[0],
          identity.certificateChain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      for (KeyManager manager : factory.getKeyManagers()) {
        if (manager instanceof X509ExtendedKeyManager found) {
          return found;
        }
      }
      throw new GeneralSecurityException("this JDK has no key manager for X.509");
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.LOCAL_CERTIFICATE,
          "cannot use the certificate in " + chain + ": " + FileFailure.reason(e),
          e);
    }
  }
}
