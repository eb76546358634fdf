package dev.sluice.quic.recovery;

/**
 * Hears what became of the information in packets. Called from inside {@link Recovery}'s methods,
 * so it must not call back into it.
 */
public interface TokenListener {

  /**
   * A packet with this token was acknowledged. May follow {@link #onLost} for the same token, when
   * the packet was only late: whatever is still queued for repair need not be sent.
   */
  void onAcked(PacketNumberSpace space, RecoveryToken token);

  /**
   * A packet with this token was lost, or a probe needs something worth sending. May come more than
   * once for one token, and for information that another packet has delivered since: the owner
   * queues only what is still missing.
   */
  void onLost(PacketNumberSpace space, RecoveryToken token);

  /**
   * Packets with these bytes of a stream were acknowledged, on the contract of {@link #onAcked}.
   *
   * @param length possibly what several packets carried, or 0
   * @param fin whether the stream's end was marked after them
   */
  void onStreamAcked(long streamId, long offset, long length, boolean fin);

  /** A packet with these bytes of a stream was lost, on the contract of {@link #onLost}. */
  void onStreamLost(long streamId, long offset, int length, boolean fin);
}
