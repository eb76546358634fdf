package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * The form in which a client's application keeps what a NEW_TOKEN frame brought (RFC 9000 §8.1.3):
 * with the version of the connection, since the token is for that one only (RFC 9369 §5).
 */
final class AddressToken {
  private AddressToken() {}

  /** What an application keeps. */
  static byte[] of(QuicVersion version, Bytes token) {
    int length = Integer.BYTES + token.length();
    WireWriter out = new WireWriter(new byte[length], 0, length);
    return out.u32(version.number()).bytes(token).buffer();
  }

  /** The version; null when it is not known here, or these bytes did not come from here. */
  static QuicVersion version(byte[] kept) {
    return kept.length <= Integer.BYTES ? null : QuicVersion.of(WireReader.of(kept).i32());
  }

  /** What goes to the server. */
  static Bytes value(byte[] kept) {
    return Bytes.of(kept, Integer.BYTES, kept.length - Integer.BYTES);
  }
}
