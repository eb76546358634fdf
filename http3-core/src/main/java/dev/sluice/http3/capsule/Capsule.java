package dev.sluice.http3.capsule;

import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * One capsule (RFC 9297 §3.2).
 *
 * @param type one of {@link CapsuleType}, or any other below 2^62
 * @param value belongs to the capsule
 */
public record Capsule(long type, byte[] value) {

  /** A capsule without a value. */
  public static Capsule empty(long type) {
    return new Capsule(type, new byte[0]);
  }

  /** A capsule whose value is one variable-length integer. */
  public static Capsule ofInteger(long type, long integer) {
    byte[] value = new byte[VarInt.length(integer)];
    new WireWriter(value, 0, value.length).varInt(integer);
    return new Capsule(type, value);
  }

  /** The bytes on the stream. */
  public byte[] encode() {
    int header = VarInt.length(type) + VarInt.length(value.length);
    byte[] encoded = new byte[header + value.length];
    new WireWriter(encoded, 0, encoded.length).varInt(type).varInt(value.length).bytes(value);
    return encoded;
  }

  /**
   * The value, which must be one variable-length integer and nothing else.
   *
   * @throws MalformedMessageException when it is not (RFC 9297 §3.3)
   */
  public long integer() {
    try {
      WireReader in = WireReader.of(value);
      long integer = in.varInt();
      if (!in.hasRemaining()) {
        return integer;
      }
    } catch (WireException e) {
      // Said below.
    }
    throw malformed("its value must be one integer");
  }

  /**
   * Checks that there is no value.
   *
   * @throws MalformedMessageException when there is one
   */
  public void requireEmpty() {
    if (value.length > 0) {
      throw malformed("it has a value");
    }
  }

  private MalformedMessageException malformed(String why) {
    return new MalformedMessageException(CapsuleType.name(type) + ": " + why);
  }
}
