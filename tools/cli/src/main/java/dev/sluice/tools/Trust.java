package dev.sluice.tools;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trust in certificates that are named one by one. */
public final class Trust {
  private Trust() {}

  /**
   * The JDK's trust manager with these certificates as its only anchors. Names are left to whoever
   * asks it.
   *
   * @throws GeneralSecurityException when they cannot be used
   */
  public static X509TrustManager in(List<X509Certificate> anchors) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    for (int i = 0; i < anchors.size(); i++) {
      store.setCertificateEntry("anchor" + i, anchors.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager found) {
        return new InTime(found);
      }
    }
    throw new GeneralSecurityException("this JDK has no trust manager for X.509");
  }

  /** A key store in memory. */
  public static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException("nothing was to be read", e);
    }
    return store;
  }

  /**
   * The JDK does not look at the dates of a certificate that is itself an anchor, as a self-signed
   * one is.
   */
  private record InTime(X509TrustManager others) implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      chain[0].checkValidity();
      others.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      chain[0].checkValidity();
      others.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return others.getAcceptedIssuers();
    }
  }
}
