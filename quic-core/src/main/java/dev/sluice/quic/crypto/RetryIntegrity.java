package dev.sluice.quic.crypto;

import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryHeader;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The integrity tag of Retry packets (RFC 9001 §5.8). Its key is known to everyone; that the tag
 * covers the connection ID of the client's Initial shows that the sender has seen that Initial.
 */
public final class RetryIntegrity {
  private RetryIntegrity() {}

  /**
   * The tag of a Retry packet.
   *
   * @param originalDestination the Destination Connection ID of the Initial that it answers
   * @param buffer holds the packet
   * @param offset where the packet begins
   * @param length the length of the packet without the tag
   */
  public static byte[] tag(
      QuicVersion version,
      ConnectionId originalDestination,
      byte[] buffer,
      int offset,
      int length) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(version.retryKey(), "AES"),
          new GCMParameterSpec(8 * PacketParser.RETRY_TAG_LENGTH, version.retryNonce()));
      // Nothing is encrypted: the pseudo-packet is associated data from end to end.
      cipher.updateAAD(new byte[] {(byte) originalDestination.length()});
      cipher.updateAAD(originalDestination.toArray());
      cipher.updateAAD(buffer, offset, length);
      return cipher.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES-GCM", e);
    }
  }

  /**
   * Appends the tag to a Retry packet that {@code RetryPacket.write} has begun.
   *
   * @param out its position is the end of the packet so far
   * @param start the index of the packet's first byte
   */
  public static void appendTag(
      QuicVersion version, ConnectionId originalDestination, WireWriter out, int start) {
    out.bytes(tag(version, originalDestination, out.buffer(), start, out.position() - start));
  }

  /**
   * Whether a received Retry packet carries the right tag; if not it is dropped.
   *
   * @param originalDestination the Destination Connection ID of the client's first Initial
   * @param buffer the datagram that the header was read from
   */
  public static boolean verify(
      ConnectionId originalDestination, byte[] buffer, RetryHeader header) {
    int length = header.end() - header.start() - PacketParser.RETRY_TAG_LENGTH;
    byte[] expected = tag(header.version(), originalDestination, buffer, header.start(), length);
    return MessageDigest.isEqual(expected, header.integrityTag().toArray());
  }
}
