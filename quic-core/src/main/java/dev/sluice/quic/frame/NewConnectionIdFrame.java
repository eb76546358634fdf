package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * NEW_CONNECTION_ID (RFC 9000 §19.15): another connection ID that the peer may send to.
 *
 * @param sequence the number of this connection ID
 * @param retirePriorTo the peer stops using connection IDs with smaller numbers
 * @param id 1 to 20 bytes
 * @param statelessResetToken the 16 bytes that tell a stateless reset for this connection ID
 *     (§10.3); a view of the datagram when read
 */
public record NewConnectionIdFrame(
    long sequence, long retirePriorTo, ConnectionId id, Bytes statelessResetToken)
    implements Frame {

  /** The length of a stateless reset token in bytes. */
  public static final int TOKEN_LENGTH = 16;

  /**
   * @throws IllegalArgumentException for a token that is not of 16 bytes
   */
  public NewConnectionIdFrame {
    if (statelessResetToken.length() != TOKEN_LENGTH) {
      throw new IllegalArgumentException("a token of " + statelessResetToken);
    }
  }

  static NewConnectionIdFrame read(long type, WireReader in) {
    long sequence = in.varInt();
    long retirePriorTo = in.varInt();
    if (retirePriorTo > sequence) {
      throw new WireException("retire prior to " + retirePriorTo + " but sequence " + sequence);
    }
    int length = in.u8();
    if (length < 1 || length > ConnectionId.MAX_LENGTH) {
      throw new WireException("a connection ID of " + length + " bytes");
    }
    Bytes id = in.slice(length);
    return new NewConnectionIdFrame(
        sequence,
        retirePriorTo,
        ConnectionId.of(id.array(), id.offset(), id.length()),
        in.slice(TOKEN_LENGTH));
  }

  @Override
  public long type() {
    return FrameTypes.NEW_CONNECTION_ID;
  }

  @Override
  public int encodedLength() {
    return 1
        + VarInt.length(sequence)
        + VarInt.length(retirePriorTo)
        + 1
        + id.length()
        + TOKEN_LENGTH;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.NEW_CONNECTION_ID).varInt(sequence).varInt(retirePriorTo);
    out.u8(id.length());
    id.writeTo(out);
    out.bytes(statelessResetToken);
  }

  /** Without the token, which must not get into logs: who has it can end the connection. */
  @Override
  public String toString() {
    return "NewConnectionIdFrame[sequence="
        + sequence
        + ", retirePriorTo="
        + retirePriorTo
        + ", id="
        + id
        + "]";
  }
}
