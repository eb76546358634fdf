package dev.sluice.tls.extension;

import static dev.sluice.tls.extension.Place.CERTIFICATE;
import static dev.sluice.tls.extension.Place.CERTIFICATE_REQUEST;
import static dev.sluice.tls.extension.Place.CLIENT_HELLO;
import static dev.sluice.tls.extension.Place.ENCRYPTED_EXTENSIONS;
import static dev.sluice.tls.extension.Place.HELLO_RETRY_REQUEST;
import static dev.sluice.tls.extension.Place.NEW_SESSION_TICKET;
import static dev.sluice.tls.extension.Place.SERVER_HELLO;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The extensions that are recognised, and the messages in which each may stand: the table of RFC
 * 8446 §4.2 with RFC 9001 §8.2 added. Those that only have to be recognised, so that they can be
 * refused in the wrong place, have no record in this package.
 */
public enum ExtensionType {
  SERVER_NAME(0, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  MAX_FRAGMENT_LENGTH(1, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  STATUS_REQUEST(5, CLIENT_HELLO, CERTIFICATE_REQUEST, CERTIFICATE),
  SUPPORTED_GROUPS(10, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  SIGNATURE_ALGORITHMS(13, CLIENT_HELLO, CERTIFICATE_REQUEST),
  APPLICATION_LAYER_PROTOCOL_NEGOTIATION(16, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  SIGNED_CERTIFICATE_TIMESTAMP(18, CLIENT_HELLO, CERTIFICATE_REQUEST, CERTIFICATE),
  CLIENT_CERTIFICATE_TYPE(19, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  SERVER_CERTIFICATE_TYPE(20, CLIENT_HELLO, ENCRYPTED_EXTENSIONS),
  PADDING(21, CLIENT_HELLO),
  PRE_SHARED_KEY(41, CLIENT_HELLO, SERVER_HELLO),
  EARLY_DATA(42, CLIENT_HELLO, ENCRYPTED_EXTENSIONS, NEW_SESSION_TICKET),
  SUPPORTED_VERSIONS(43, CLIENT_HELLO, SERVER_HELLO, HELLO_RETRY_REQUEST),
  COOKIE(44, CLIENT_HELLO, HELLO_RETRY_REQUEST),
  PSK_KEY_EXCHANGE_MODES(45, CLIENT_HELLO),
  CERTIFICATE_AUTHORITIES(47, CLIENT_HELLO, CERTIFICATE_REQUEST),
  OID_FILTERS(48, CERTIFICATE_REQUEST),
  POST_HANDSHAKE_AUTH(49, CLIENT_HELLO),
  SIGNATURE_ALGORITHMS_CERT(50, CLIENT_HELLO, CERTIFICATE_REQUEST),
  KEY_SHARE(51, CLIENT_HELLO, SERVER_HELLO, HELLO_RETRY_REQUEST),
  QUIC_TRANSPORT_PARAMETERS(57, CLIENT_HELLO, ENCRYPTED_EXTENSIONS);

  private static final ExtensionType[] ALL = values();

  private final int code;
  private final Set<Place> places;
  private final String rfcName;

  ExtensionType(int code, Place first, Place... more) {
    this.code = code;
    this.places = EnumSet.of(first, more);
    this.rfcName = name().toLowerCase(Locale.ROOT);
  }

  /** The two-byte code point on the wire. */
  public int code() {
    return code;
  }

  /** Whether the extension is defined for this message. */
  public boolean permittedIn(Place place) {
    return places.contains(place);
  }

  /** The name as the RFC writes it. */
  public String rfcName() {
    return rfcName;
  }

  /** The extension with this code point, or null when it is not recognised. */
  public static ExtensionType of(int code) {
    for (ExtensionType type : ALL) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  /** A name for messages, whether recognised or not. */
  public static String describe(int code) {
    ExtensionType type = of(code);
    return type == null ? String.format("extension 0x%04x", code) : type.rfcName();
  }
}
