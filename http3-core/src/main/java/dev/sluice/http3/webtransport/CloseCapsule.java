package dev.sluice.http3.webtransport;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * WT_CLOSE_SESSION (§6).
 *
 * @param code 0 to 2^32-1
 * @param reason at most {@link #MAX_REASON} bytes of UTF-8
 */
record CloseCapsule(long code, String reason) {
  /** In bytes. */
  static final int MAX_REASON = 1024;

  private static final int CODE_LENGTH = 4;

  /** Whether a value may have this length, in bytes. */
  static boolean mayHaveLength(long length) {
    return length >= CODE_LENGTH && length <= CODE_LENGTH + MAX_REASON;
  }

  /**
   * Reads the value.
   *
   * @throws MalformedMessageException when the reason is not UTF-8
   */
  static CloseCapsule parse(Capsule capsule) {
    WireReader in = WireReader.of(capsule.value());
    long code = in.u32();
    byte[] utf8 = in.bytes(in.remaining());
    try {
      String reason = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      return new CloseCapsule(code, reason);
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("WT_CLOSE_SESSION: the reason is not UTF-8");
    }
  }

  /** What is sent for a reason of any length: cut between characters when it is too long. */
  static CloseCapsule of(long code, String reason) {
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= MAX_REASON) {
      return new CloseCapsule(code, new String(utf8, StandardCharsets.UTF_8));
    }
    int end = MAX_REASON;
    while ((utf8[end] & 0xc0) == 0x80) {
      end--;
    }
    return new CloseCapsule(code, new String(utf8, 0, end, StandardCharsets.UTF_8));
  }

  Capsule encode() {
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    byte[] value = new byte[CODE_LENGTH + utf8.length];
    new WireWriter(value, 0, value.length).u32(code).bytes(utf8);
    return new Capsule(CapsuleType.WT_CLOSE_SESSION, value);
  }
}
