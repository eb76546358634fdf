package dev.sluice.tls.cert;

import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.TlsException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * Asks a {@link SSLContext} what it thinks of a server's chain. A context does not reveal its trust
 * managers, but it lends engines that use them: one of its client engines is run in memory against
 * a {@link RehearsalServer} that shows the very chain. An engine that distrusts it fails at the
 * Certificate message, with the trust manager's exception; one that goes on has trusted it, and is
 * dropped.
 *
 * <p>Two limits. The engine goes by the system's clock. And client keys that are inside the context
 * cannot be used: an engine signs its own transcript and no other, so a program that authenticates
 * with a certificate has to give its key manager separately ({@link KeyManagerSelector}).
 */
public final class SslContextVerifier implements CertificateVerifier {
  /** Only a key into the context's session cache, in which nothing ever lands. */
  private static final int PORT = 443;

  /** Steps in which an engine must have come to its verdict; the real number is about ten. */
  private static final int MAX_STEPS = 100;

  private final SSLContext context;
  private final RandomGenerator random;

  /**
   * @param random for the keys of the rehearsal, which protect nothing
   */
  public SslContextVerifier(SSLContext context, RandomGenerator random) {
    this.context = context;
    this.random = random;
  }

  @Override
  public void verify(List<X509Certificate> chain, Context peer) throws CertificateException {
    if (!peer.server()) {
      throw new CertificateException("an SSLContext's client engine only judges servers");
    }
    try {
      SSLEngine engine = engine(peer.serverName());
      byte[] clientHello = clientHello(engine);
      ByteBuffer records = ByteBuffer.wrap(new RehearsalServer(random).answer(clientHello, chain));
      feed(engine, records);
    } catch (SSLException e) {
      throw reason(e);
    } catch (TlsException e) {
      throw new CertificateException(
          "the SSLContext cannot be asked about the chain: " + e.getMessage(), e);
    }
  }

  private SSLEngine engine(String serverName) {
    boolean bracketed = serverName.startsWith("[") && serverName.endsWith("]");
    String host = bracketed ? serverName.substring(1, serverName.length() - 1) : serverName;
    SSLEngine engine = context.createSSLEngine(host, PORT);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static byte[] clientHello(SSLEngine engine) throws SSLException {
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    for (int step = 0; step < MAX_STEPS; step++) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
        default -> {
          byte[] records = new byte[out.position()];
          out.flip().get(records);
          return records;
        }
      }
    }
    throw new SSLException("the engine does not come to an end with its ClientHello");
  }

  /** Runs the engine, its tasks in line, until it wants more than there is. */
  private static void feed(SSLEngine engine, ByteBuffer records) throws SSLException {
    ByteBuffer none = ByteBuffer.allocate(0);
    ByteBuffer plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    ByteBuffer replies = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    for (int step = 0; step < MAX_STEPS; step++) {
      HandshakeStatus status = engine.getHandshakeStatus();
      switch (status) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> engine.wrap(none, replies.clear());
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          SSLEngineResult result = engine.unwrap(records, plain.clear());
          // Everything is taken and judged: the engine waits for a CertificateVerify.
          if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW
              && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
            return;
          }
        }
        default -> throw new SSLException("the engine is in state " + status);
      }
    }
    throw new SSLException("the engine does not come to a verdict");
  }

  /** The trust manager's own exception, out of the engine's. */
  private static CertificateException reason(SSLException failure) {
    Throwable at = failure.getCause();
    for (int depth = 0; at != null && depth < MAX_STEPS; depth++, at = at.getCause()) {
      if (at instanceof CertificateException reason) {
        return reason;
      }
    }
    return new CertificateException("the SSLContext refuses: " + failure.getMessage(), failure);
  }
}
