package dev.sluice.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a client needs to resume a session: the server's ticket and what has to be remembered
 * with it (RFC 8446 §4.6.1, RFC 9001 §4.5, §4.6). A ticket should be used once (RFC 9001 §4.5).
 *
 * <p>{@link #toBytes} holds the resumption secret: store it like a private key. Arrays are shared
 * with the caller and not to be changed.
 *
 * @param ticket the opaque identity to show the server
 * @param cipherSuite of the first session; the resumed one has the same hash
 * @param resumptionSecret the PSK, already derived from the ticket's nonce
 * @param receivedAt when the ticket came
 * @param lifetimeSeconds how long it may be used, at most 604800
 * @param ageAdd what obfuscates its age, 0 to 2^32-1
 * @param maxEarlyData 0xffffffff when the server takes 0-RTT, else 0 (RFC 9001 §4.6.1)
 * @param applicationProtocol ALPN of the session
 * @param serverName the host that the server's certificate was verified for
 * @param transportParameters the server's, as 0-RTT has to remember them
 * @param peerCertificates the server's chain
 * @param applicationState whatever the application wants to remember, possibly empty
 */
public record SessionTicket(
    byte[] ticket,
    CipherSuite cipherSuite,
    byte[] resumptionSecret,
    Instant receivedAt,
    long lifetimeSeconds,
    long ageAdd,
    long maxEarlyData,
    String applicationProtocol,
    String serverName,
    byte[] transportParameters,
    List<X509Certificate> peerCertificates,
    byte[] applicationState) {

  /** RFC 8446 §4.6.1: no ticket lives longer than seven days. */
  public static final long MAX_LIFETIME_SECONDS = 604_800;

  /** RFC 9001 §4.6.1: the only max_early_data_size that QUIC knows. */
  public static final long EARLY_DATA_ALLOWED = 0xffff_ffffL;

  /** The first byte of {@link #toBytes}; a new form gets a new number. */
  private static final int FORMAT = 1;

  /** Copies the list. */
  public SessionTicket {
    peerCertificates = List.copyOf(peerCertificates);
  }

  /** The same ticket with other application state. */
  public SessionTicket withApplicationState(byte[] state) {
    return new SessionTicket(
        ticket,
        cipherSuite,
        resumptionSecret,
        receivedAt,
        lifetimeSeconds,
        ageAdd,
        maxEarlyData,
        applicationProtocol,
        serverName,
        transportParameters,
        peerCertificates,
        state);
  }

  /** Whether the ticket may still be offered at this time (RFC 8446 §4.2.11.1). */
  public boolean isUsableAt(Instant now) {
    long age = now.getEpochSecond() - receivedAt.getEpochSecond();
    return age >= 0 && age < Math.min(lifetimeSeconds, MAX_LIFETIME_SECONDS);
  }

  /** Whether 0-RTT may be tried with it. */
  public boolean allowsEarlyData() {
    return maxEarlyData == EARLY_DATA_ALLOWED;
  }

  /** A form for storing, read back by {@link #fromBytes}. Contains the secret in the clear. */
  public byte[] toBytes() {
    return new TlsWriter()
        .u8(FORMAT)
        .vector16(ticket)
        .u16(cipherSuite.code())
        .vector8(resumptionSecret)
        .u64(receivedAt.toEpochMilli())
        .u32(lifetimeSeconds)
        .u32(ageAdd)
        .u32(maxEarlyData)
        .vector8(applicationProtocol.getBytes(ISO_8859_1))
        .vector16(serverName.getBytes(UTF_8))
        .vector16(transportParameters)
        .vector24(list -> peerCertificates.forEach(c -> list.vector24(der(c))))
        .vector24(applicationState)
        .toBytes();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException the bytes are something else
   */
  public static SessionTicket fromBytes(byte[] bytes) {
    TlsReader in = new TlsReader("stored session ticket", bytes);
    try {
      if (in.u8() != FORMAT) {
        throw in.decodeError("unknown format");
      }
      byte[] ticket = in.vector16(1);
      CipherSuite suite = CipherSuite.of(in.u16());
      if (suite == null) {
        throw in.decodeError("unknown cipher suite");
      }
      SessionTicket result =
          new SessionTicket(
              ticket,
              suite,
              in.vector8(suite.hashLength()),
              Instant.ofEpochMilli(in.u64()),
              in.u32(),
              in.u32(),
              in.u32(),
              new String(in.vector8(0), ISO_8859_1),
              new String(in.vector16(0), UTF_8),
              in.vector16(0),
              chain(in.sub24("certificates", 0)),
              in.vector24(0));
      in.end();
      return result;
    } catch (TlsException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("not a stored session ticket: " + e.getMessage(), e);
    }
  }

  /** Says nothing of the secret. */
  @Override
  public String toString() {
    return "SessionTicket[" + serverName + " " + applicationProtocol + " " + cipherSuite + "]";
  }

  private static List<X509Certificate> chain(TlsReader in)
      throws TlsException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] der = in.vector24(1);
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return chain;
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed cannot be encoded", e);
    }
  }
}
