package dev.sluice.quic.recovery;

/** What the loss detection timer found when it fired (RFC 9002 §A.9). */
public sealed interface Timeout {

  /** It was not due. */
  record Nothing() implements Timeout {}

  /** The time threshold gave packets of this space up; their tokens were given back. */
  record Loss(PacketNumberSpace space) implements Timeout {}

  /**
   * A probe timeout: {@link Recovery#probesPending} says in which spaces ack-eliciting packets are
   * to be sent now, whatever the window and the pacer say.
   */
  record Probe(PacketNumberSpace space) implements Timeout {}
}
