package dev.sluice.tls.psk;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server writes into a ticket so that it need not remember anything itself (RFC 8446 §4.6.1,
 * RFC 9001 §4.6.3).
 *
 * @param cipherSuite of the session
 * @param secret the PSK
 * @param issuedAtMillis by the server's clock, since 1970
 * @param lifetimeSeconds how long the ticket may be used
 * @param ageAdd what the client adds to the ticket's age
 * @param applicationProtocol ALPN of the session
 * @param serverName of the session, or null
 * @param transportParameters those that the server sent
 * @param clientCertificates the client's chain, empty when it has not authenticated
 * @param applicationState opaque
 */
public record TicketState(
    CipherSuite cipherSuite,
    byte[] secret,
    long issuedAtMillis,
    long lifetimeSeconds,
    long ageAdd,
    String applicationProtocol,
    String serverName,
    byte[] transportParameters,
    List<X509Certificate> clientCertificates,
    byte[] applicationState) {

  /** Tells the fields of one release from those of another. */
  private static final int FORMAT = 1;

  /** The plaintext of a ticket. */
  public byte[] encode() {
    return new TlsWriter()
        .u8(FORMAT)
        .u16(cipherSuite.code())
        .vector8(secret)
        .u64(issuedAtMillis)
        .u32(lifetimeSeconds)
        .u32(ageAdd)
        .vector8(applicationProtocol.getBytes(StandardCharsets.ISO_8859_1))
        .vector16((serverName == null ? "" : serverName).getBytes(StandardCharsets.US_ASCII))
        .vector16(transportParameters)
        .vector24(list -> clientCertificates.forEach(c -> list.vector24(der(c))))
        .vector24(applicationState)
        .toBytes();
  }

  /** Reads a plaintext back; null when it is not of this release. */
  public static TicketState decode(byte[] plaintext) {
    TlsReader in = new TlsReader("ticket", plaintext);
    try {
      if (in.u8() != FORMAT) {
        return null;
      }
      CipherSuite suite = CipherSuite.of(in.u16());
      if (suite == null) {
        return null;
      }
      TicketState state =
          new TicketState(
              suite,
              in.vector8(suite.hashLength()),
              in.u64(),
              in.u32(),
              in.u32(),
              new String(in.vector8(1), StandardCharsets.ISO_8859_1),
              name(in.vector16(0)),
              in.vector16(0),
              chain(in.sub24("chain", 0)),
              in.vector24(0));
      in.end();
      return state;
    } catch (TlsException | GeneralSecurityException e) {
      return null;
    }
  }

  /** Whether the ticket is still good (RFC 8446 §4.6.1). */
  public boolean isAliveAt(long nowMillis) {
    return nowMillis < issuedAtMillis + lifetimeSeconds * 1000;
  }

  /**
   * How far the age that the client claims differs from the server's own reckoning, in milliseconds
   * (RFC 8446 §4.2.10, §8.3).
   *
   * @param obfuscatedAge from the ClientHello
   */
  public long ageError(long obfuscatedAge, long nowMillis) {
    long claimed = obfuscatedAge - ageAdd & 0xffff_ffffL;
    return Math.abs(nowMillis - issuedAtMillis - claimed);
  }

  /** Says nothing of the secret. */
  @Override
  public String toString() {
    return "TicketState[" + serverName + " " + applicationProtocol + "]";
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed cannot be encoded", e);
    }
  }

  private static String name(byte[] ascii) {
    return ascii.length == 0 ? null : new String(ascii, StandardCharsets.US_ASCII);
  }

  private static List<X509Certificate> chain(TlsReader in)
      throws TlsException, GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    while (in.hasRemaining()) {
      byte[] der = in.vector24(1);
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return List.copyOf(chain);
  }
}
