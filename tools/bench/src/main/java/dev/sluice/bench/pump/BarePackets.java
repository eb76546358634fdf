package dev.sluice.bench.pump;

/** Nothing is sealed, built or opened: the sockets alone. */
final class BarePackets implements Packets {
  @Override
  public int payload() {
    return SIZE;
  }

  @Override
  public void build(byte[] buffer, int offset, int count) {}

  @Override
  public int open(byte[] buffer, int offset, int length, byte[] target) {
    return length;
  }
}
