package dev.sluice.http3.client;

import dev.sluice.tls.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A certificate authority made with the JDK's own tool, for certificates with odd dates. */
final class KeytoolAuthority {

  private static final String PASSWORD = "changeit";

  private final Path store;
  private int issued;

  KeytoolAuthority(Path directory) throws Exception {
    this.store = directory.resolve("store.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "ca",
        "-dname",
        "CN=Test CA",
        "-ext",
        "bc:c",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-startdate",
        "-100d",
        "-validity",
        "1000");
  }

  /**
   * Issues a certificate.
   *
   * @param start relative to now, as keytool has it
   */
  Identity issue(String name, String start, int days) throws Exception {
    String alias = "issued" + issued++;
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-signer",
        "ca",
        "-dname",
        "CN=" + name,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-startdate",
        start,
        "-validity",
        Integer.toString(days),
        "-ext",
        "san=dns:" + name);
    KeyStore keys = load();
    PrivateKey key = (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray());
    List<X509Certificate> chain =
        Arrays.stream(keys.getCertificateChain(alias)).map(X509Certificate.class::cast).toList();
    return Identity.of(chain, key);
  }

  /** Trusts the authority. */
  X509TrustManager trust() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", load().getCertificate("ca"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private KeyStore load() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }
}
