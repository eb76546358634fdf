package dev.sluice.tls.extension;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The block of extensions of one message, in order, each still as bytes: an extension is taken
 * apart by the record that asks for it. Immutable.
 */
public final class Extensions {
  /**
   * More than any implementation sends (a browser's ClientHello has about twenty); keeps the check
   * for doubles cheap.
   */
  private static final int MAX_EXTENSIONS = 256;

  private final Place place;
  private final List<UnknownExtension> all;

  private Extensions(Place place, List<UnknownExtension> all) {
    this.place = place;
    this.all = List.copyOf(all);
  }

  /** A block to be sent in this message. */
  public static Extensions of(Place place, List<? extends Extension> extensions) {
    List<UnknownExtension> raw = new ArrayList<>();
    TlsWriter body = new TlsWriter();
    for (Extension extension : extensions) {
      extension.writeBody(body);
      raw.add(new UnknownExtension(extension.code(), body.take()));
    }
    return new Extensions(place, raw);
  }

  /**
   * Reads the block of a message.
   *
   * @throws TlsException decode_error; or illegal_parameter when one stands twice or one that is
   *     recognised may not stand in this message (RFC 8446 §4.2)
   */
  public static Extensions read(Place place, TlsReader message) throws TlsException {
    TlsReader in = message.sub16("extensions", 0);
    List<UnknownExtension> all = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    while (in.hasRemaining()) {
      int code = in.u16();
      byte[] data = in.vector16(0);
      if (all.size() == MAX_EXTENSIONS) {
        throw in.decodeError("more than " + MAX_EXTENSIONS + " extensions");
      }
      if (!seen.add(code)) {
        throw illegal(place, ExtensionType.describe(code) + " stands twice");
      }
      ExtensionType type = ExtensionType.of(code);
      // An answer that was never asked for is unsupported_extension, whatever its place; the
      // caller, who knows what was asked for, finds those with requireOffered.
      if (type != null && !type.permittedIn(place) && !place.isResponse()) {
        throw illegal(place, type.rfcName() + " may not stand here");
      }
      all.add(new UnknownExtension(code, data));
    }
    return new Extensions(place, all);
  }

  /**
   * Checks a response against what was asked for.
   *
   * @throws TlsException unsupported_extension for an answer to no question; illegal_parameter for
   *     one in the wrong message (RFC 8446 §4.2)
   */
  public void requireOffered(Extensions offer) throws TlsException {
    for (UnknownExtension extension : all) {
      ExtensionType type = ExtensionType.of(extension.code());
      boolean cookie = type == ExtensionType.COOKIE && place == Place.HELLO_RETRY_REQUEST;
      if (!cookie && !offer.contains(extension.code())) {
        throw new TlsException(
            AlertDescription.UNSUPPORTED_EXTENSION,
            place.rfcName() + ": " + ExtensionType.describe(extension.code()) + " was not offered");
      }
      if (type == null || !type.permittedIn(place)) {
        throw illegal(place, ExtensionType.describe(extension.code()) + " may not stand here");
      }
    }
  }

  /** The message that these stand in. */
  public Place place() {
    return place;
  }

  /** In the order of the wire. */
  public List<UnknownExtension> all() {
    return all;
  }

  /** Whether an extension is there. */
  public boolean contains(ExtensionType type) {
    return contains(type.code());
  }

  /** Whether the extension stands at the end, as pre_shared_key must (RFC 8446 §4.2.11). */
  public boolean isLast(ExtensionType type) {
    return !all.isEmpty() && all.getLast().code() == type.code();
  }

  /** A reader over an extension's data, or null when it is not there. */
  public TlsReader reader(ExtensionType type) {
    for (UnknownExtension extension : all) {
      if (extension.code() == type.code()) {
        return new TlsReader(place.rfcName() + ", " + type.rfcName(), extension.data());
      }
    }
    return null;
  }

  /** Writes the block with its length. */
  public void write(TlsWriter out) {
    int length = 0;
    for (UnknownExtension extension : all) {
      length += 4 + extension.data().length;
    }
    out.beginVector16(length);
    for (UnknownExtension extension : all) {
      out.u16(extension.code()).vector16(extension.data());
    }
  }

  /** A missing_extension alert for this message (RFC 8446 §9.2). */
  public TlsException missing(ExtensionType type) {
    return new TlsException(
        AlertDescription.MISSING_EXTENSION,
        place.rfcName() + ": " + type.rfcName() + " is missing");
  }

  private boolean contains(int code) {
    for (UnknownExtension extension : all) {
      if (extension.code() == code) {
        return true;
      }
    }
    return false;
  }

  private static TlsException illegal(Place place, String reason) {
    return new TlsException(AlertDescription.ILLEGAL_PARAMETER, place.rfcName() + ": " + reason);
  }
}
