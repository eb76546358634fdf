package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * NEW_TOKEN (RFC 9000 §19.7): a token for the client's next connection; only servers send it.
 *
 * @param token opaque to the client; a view of the datagram when read
 */
public record NewTokenFrame(Bytes token) implements Frame {

  static NewTokenFrame read(long type, WireReader in) {
    Bytes token = in.slice(in.varInt());
    if (token.isEmpty()) {
      throw new WireException("the token is empty");
    }
    return new NewTokenFrame(token);
  }

  @Override
  public long type() {
    return FrameTypes.NEW_TOKEN;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(token.length()) + token.length();
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.NEW_TOKEN).varInt(token.length()).bytes(token);
  }
}
