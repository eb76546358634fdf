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
}
