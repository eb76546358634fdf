package dev.sluice.tls.cert;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * Stands in for the SSLEngine that extended key and trust managers ask about the handshake. It has
 * a session and parameters and cannot do anything.
 */
final class PeerEngine extends SSLEngine {
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  private final PeerSession session;
  private final boolean client;

  /**
   * @param client whether we are the client
   */
  PeerEngine(PeerSession session, boolean client) {
    super(session.getPeerHost(), -1);
    this.session = session;
    this.client = client;
  }

  @Override
  public SSLSession getHandshakeSession() {
    return session;
  }

  @Override
  public SSLSession getSession() {
    return session;
  }

  @Override
  public SSLParameters getSSLParameters() {
    SSLParameters parameters =
        new SSLParameters(new String[] {session.getCipherSuite()}, PROTOCOLS.clone());
    if (client) {
      // Asks a trust manager to check the server's name, as it would for an HTTPS connection.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    return parameters;
  }

  @Override
  public boolean getUseClientMode() {
    return client;
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return HandshakeStatus.NEED_UNWRAP;
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[] {session.getCipherSuite()};
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return getSupportedCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return PROTOCOLS.clone();
  }

  @Override
  public String[] getEnabledProtocols() {
    return PROTOCOLS.clone();
  }

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }

  @Override
  public boolean isInboundDone() {
    return false;
  }

  @Override
  public boolean isOutboundDone() {
    return false;
  }

  @Override
  public Runnable getDelegatedTask() {
    return null;
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) {
    throw inert();
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) {
    throw inert();
  }

  @Override
  public void closeInbound() {
    throw inert();
  }

  @Override
  public void closeOutbound() {
    throw inert();
  }

  @Override
  public void beginHandshake() {
    throw inert();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    throw inert();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    throw inert();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    throw inert();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    throw inert();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    throw inert();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    throw inert();
  }

  private static UnsupportedOperationException inert() {
    return new UnsupportedOperationException("this engine only describes a QUIC handshake");
  }
}
