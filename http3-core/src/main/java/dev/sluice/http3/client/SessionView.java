package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/**
 * What a connection's TLS session looks like through the JDK's interface. Read-only: it belongs to
 * no session context, invalidating it has no effect, and there is no id, since TLS 1.3 has none.
 */
final class SessionView implements SSLSession {

  /** RFC 8446 §5.1: the JDK's interface asks for record sizes, which QUIC does not have. */
  private static final int RECORD_SIZE = 16 * 1024;

  private final ConnectionInfo connection;
  private final String host;
  private final int port;
  private final long createdAt = System.currentTimeMillis();
  private final Map<String, Object> values = new ConcurrentHashMap<>();

  SessionView(ConnectionInfo connection, String host, int port) {
    this.connection = connection;
    this.host = host;
    this.port = port;
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
    return createdAt;
  }

  @Override
  public long getLastAccessedTime() {
    return createdAt;
  }

  @Override
  public void invalidate() {}

  @Override
  public boolean isValid() {
    return false; // it cannot be resumed through this interface
  }

  @Override
  public void putValue(String name, Object value) {
    values.put(name, value);
  }

  @Override
  public Object getValue(String name) {
    return values.get(name);
  }

  @Override
  public void removeValue(String name) {
    values.remove(name);
  }

  @Override
  public String[] getValueNames() {
    return values.keySet().toArray(String[]::new);
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    if (connection.peerCertificates().isEmpty()) {
      throw new SSLPeerUnverifiedException("the peer showed no certificate");
    }
    return connection.peerCertificates().toArray(Certificate[]::new);
  }

  @Override
  public Certificate[] getLocalCertificates() {
    return null; // the connection does not tell which it showed, and null is what "none" is here
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    getPeerCertificates();
    return connection.peerCertificates().getFirst().getSubjectX500Principal();
  }

  @Override
  public Principal getLocalPrincipal() {
    return null;
  }

  @Override
  public String getCipherSuite() {
    return connection.cipherSuite();
  }

  @Override
  public String getProtocol() {
    return "TLSv1.3";
  }

  @Override
  public String getPeerHost() {
    return host;
  }

  @Override
  public int getPeerPort() {
    return port;
  }

  @Override
  public int getPacketBufferSize() {
    return RECORD_SIZE;
  }

  @Override
  public int getApplicationBufferSize() {
    return RECORD_SIZE;
  }
}
