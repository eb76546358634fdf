package dev.sluice.tls;

import java.util.HexFormat;

/**
 * Told of every secret, for those who decrypt captures of their own traffic (RFC 9850). Whoever
 * reads the log can read the traffic.
 */
@FunctionalInterface
public interface KeyLog {
  /** A log that forgets everything. */
  KeyLog NONE = (label, clientRandom, secret) -> {};

  /**
   * One secret. Called on the endpoint's thread; the arrays are only valid during the call.
   *
   * @param label the NSS label, for example {@code CLIENT_TRAFFIC_SECRET_0}
   * @param clientRandom the 32 random bytes of the ClientHello
   */
  void log(String label, byte[] clientRandom, byte[] secret);

  /** The line of an SSLKEYLOGFILE, without its line end (RFC 9850 §2). */
  static String line(String label, byte[] clientRandom, byte[] secret) {
    HexFormat hex = HexFormat.of();
    return label + " " + hex.formatHex(clientRandom) + " " + hex.formatHex(secret);
  }
}
