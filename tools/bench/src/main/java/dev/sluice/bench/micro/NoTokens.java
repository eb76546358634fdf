package dev.sluice.bench.micro;

import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.recovery.TokenListener;

/** Nobody to tell what became of packets. */
final class NoTokens implements TokenListener {
  @Override
  public void onAcked(PacketNumberSpace space, RecoveryToken token) {}

  @Override
  public void onLost(PacketNumberSpace space, RecoveryToken token) {}

  @Override
  public void onStreamAcked(long streamId, long offset, long length, boolean fin) {}

  @Override
  public void onStreamLost(long streamId, long offset, int length, boolean fin) {}
}
