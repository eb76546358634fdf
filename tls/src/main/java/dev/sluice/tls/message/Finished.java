package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * Finished (RFC 8446 §4.4.4).
 *
 * @param verifyData an HMAC over the transcript, as long as the hash
 */
public record Finished(byte[] verifyData) implements HandshakeMessage {
  @Override
  public HandshakeType type() {
    return HandshakeType.FINISHED;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.bytes(verifyData);
  }

  /**
   * Reads a body.
   *
   * @param hashLength of the negotiated suite
   */
  public static Finished read(TlsReader in, int hashLength) throws TlsException {
    Finished message = new Finished(in.bytes(hashLength));
    in.end();
    return message;
  }
}
