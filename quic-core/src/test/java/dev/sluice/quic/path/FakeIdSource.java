package dev.sluice.quic.path;

import dev.sluice.quic.wire.ConnectionId;
import java.util.ArrayList;
import java.util.List;

/** Counts connection IDs up, and remembers what it was told. */
public final class FakeIdSource implements ConnectionIdSource {
  final List<ConnectionId> retired = new ArrayList<>();
  byte[] expectedReset;
  private final int length;
  private int next;

  /** A source of IDs of eight bytes. */
  public FakeIdSource() {
    this(8);
  }

  FakeIdSource(int length) {
    this.length = length;
  }

  @Override
  public ConnectionId issue() {
    byte[] id = new byte[length];
    if (length > 0) {
      id[length - 1] = (byte) ++next;
    }
    return ConnectionId.of(id);
  }

  @Override
  public byte[] resetToken(ConnectionId id) {
    byte[] token = new byte[16];
    System.arraycopy(id.toArray(), 0, token, 0, id.length());
    return token;
  }

  @Override
  public void retire(ConnectionId id) {
    retired.add(id);
  }

  @Override
  public void expectReset(byte[] token) {
    expectedReset = token;
  }

  @Override
  public int length() {
    return length;
  }
}
