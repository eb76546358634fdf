package dev.sluice.http3.capsule;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import java.util.Arrays;

/** Takes capsules out of a data stream, however it is cut into pieces (RFC 9297 §3.2). */
public final class CapsuleReader {
  /** Type and length, up to eight bytes each. */
  private static final int MAX_HEADER = 16;

  /** What is set aside for a value before its bytes arrive: a length costs a peer nothing. */
  private static final int FIRST_VALUE = 1 << 10;

  private final CapsuleGate gate;
  private final byte[] header = new byte[MAX_HEADER];
  private final WireReader headerReader = new WireReader(header, 0, 0);
  private int headerLength;

  private long type;
  private long remaining;
  private boolean withinValue;
  // Null while a value is read past.
  private byte[] value;
  private int valueLength;
  private Capsule capsule;

  /** A reader at the beginning of a data stream. */
  public CapsuleReader(CapsuleGate gate) {
    this.gate = gate;
  }

  /**
   * Reads up to the end of one capsule that is held; {@link #capsule()} is it, or is null when all
   * bytes were used up before.
   *
   * @return the number of bytes that were read, 0 to {@code length}
   * @throws dev.sluice.http3.message.MalformedMessageException when the gate says so; the reader
   *     must not be used any more
   */
  public int read(byte[] source, int offset, int length) {
    capsule = null;
    int at = offset;
    int end = offset + length;
    while (at < end && capsule == null) {
      at += withinValue ? readValue(source, at, end) : readHeader(source, at, end);
    }
    return at - offset;
  }

  /** The capsule that the last {@link #read} came to the end of, or null. */
  public Capsule capsule() {
    return capsule;
  }

  /** Whether a data stream that ends here would end within a capsule (§3.3). */
  public boolean isWithinCapsule() {
    return headerLength > 0 || withinValue;
  }

  private int readHeader(byte[] source, int from, int end) {
    int at = from;
    while (at < end && headerLength < headerNeeded()) {
      header[headerLength++] = source[at++];
    }
    if (headerLength == headerNeeded()) {
      headerReader.reset(header, 0, headerLength);
      type = headerReader.varInt();
      remaining = headerReader.varInt();
      headerLength = 0;
      withinValue = true;
      value = gate.keep(type, remaining) ? new byte[(int) Math.min(remaining, FIRST_VALUE)] : null;
      valueLength = 0;
      endValue();
    }
    return at - from;
  }

  private int headerNeeded() {
    int typeLength = headerLength == 0 ? 1 : VarInt.lengthOf(header[0]);
    return headerLength <= typeLength
        ? typeLength + 1
        : typeLength + VarInt.lengthOf(header[typeLength]);
  }

  private int readValue(byte[] source, int from, int end) {
    int taken = (int) Math.min(remaining, end - from);
    if (value != null) {
      if (value.length < valueLength + taken) {
        long grown = Math.max(2L * value.length, valueLength + taken);
        value = Arrays.copyOf(value, (int) Math.min(grown, valueLength + remaining));
      }
      System.arraycopy(source, from, value, valueLength, taken);
      valueLength += taken;
    }
    remaining -= taken;
    endValue();
    return taken;
  }

  private void endValue() {
    if (remaining == 0) {
      withinValue = false;
      if (value != null) {
        capsule = new Capsule(type, value);
        value = null;
      }
    }
  }
}
