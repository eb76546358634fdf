package dev.sluice.tls.cert;

import dev.sluice.tls.CipherSuite;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionContext;

/**
 * A handshake in progress as key and trust managers of the JDK want to see it: enough of an
 * SSLSession to choose a certificate or check a name by. Nothing can be stored in it.
 */
final class PeerSession extends ExtendedSSLSession {
  /** The algorithms of our signature schemes by the names of the JCA. */
  private static final String[] ALGORITHMS = {
    "SHA256withECDSA",
    "SHA384withECDSA",
    "Ed25519",
    "EdDSA",
    "RSASSA-PSS",
    "SHA256withRSA",
    "SHA384withRSA",
    "SHA512withRSA"
  };

  private final String peerHost;
  private final String requestedName;
  private final List<X509Certificate> peerChain;
  private final CipherSuite suite;

  /**
   * @param peerHost whom a client is talking to, or null
   * @param requestedName what a client asked a server for, or null
   * @param peerChain what the peer has shown, possibly nothing
   */
  PeerSession(
      String peerHost, String requestedName, List<X509Certificate> peerChain, CipherSuite suite) {
    this.peerHost = peerHost;
    this.requestedName = requestedName;
    this.peerChain = peerChain;
    this.suite = suite;
  }

  @Override
  public String[] getLocalSupportedSignatureAlgorithms() {
    return ALGORITHMS.clone();
  }

  @Override
  public String[] getPeerSupportedSignatureAlgorithms() {
    return ALGORITHMS.clone();
  }

  @Override
  public List<SNIServerName> getRequestedServerNames() {
    if (requestedName == null) {
      return List.of();
    }
    try {
      // From bytes, as JSSE's own servers do: from a string it allows no underscore, for one.
      return List.of(new SNIHostName(requestedName.getBytes(StandardCharsets.US_ASCII)));
    } catch (IllegalArgumentException e) {
      // A client may ask for anything. No certificate is for this.
      return List.of();
    }
  }

  @Override
  public List<byte[]> getStatusResponses() {
    return List.of();
  }

  @Override
  public String getProtocol() {
    return "TLSv1.3";
  }

  @Override
  public String getCipherSuite() {
    return suite.name();
  }

  @Override
  public String getPeerHost() {
    return peerHost;
  }

  @Override
  public int getPeerPort() {
    return -1;
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    if (peerChain.isEmpty()) {
      throw new SSLPeerUnverifiedException("the peer has shown no certificate");
    }
    return peerChain.toArray(Certificate[]::new);
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
  }

  @Override
  public Certificate[] getLocalCertificates() {
    return null;
  }

  @Override
  public Principal getLocalPrincipal() {
    return null;
  }

  @Override
  public byte[] getId() {
    return new byte[0];
  }

  @Override
  public SSLSessionContext getSessionContext() {
    return null;
  }

  @Override
  public long getCreationTime() {
    return 0;
  }

  @Override
  public long getLastAccessedTime() {
    return 0;
  }

  @Override
  public void invalidate() {
    // There is nothing to resume.
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public void putValue(String name, Object value) {
    throw new UnsupportedOperationException("nothing can be stored in a handshake");
  }

  @Override
  public Object getValue(String name) {
    return null;
  }

  @Override
  public void removeValue(String name) {
    // Nothing is stored.
  }

  @Override
  public String[] getValueNames() {
    return new String[0];
  }

  @Override
  public int getPacketBufferSize() {
    return 0;
  }

  @Override
  public int getApplicationBufferSize() {
    return 0;
  }
}
