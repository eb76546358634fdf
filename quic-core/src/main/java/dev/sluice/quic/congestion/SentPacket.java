package dev.sluice.quic.congestion;

/**
 * A packet whose fate has become known, as congestion controllers see it. One object is filled anew
 * for each packet, so it holds only during the call that it is handed to.
 */
public final class SentPacket {
  private long number;
  private int bytes;
  private long sentTime;
  private long bytesInFlight;
  private DeliverySnapshot snapshot;

  /**
   * Describes another packet.
   *
   * @param number its packet number
   * @param bytes its size
   * @param sentTime when it was sent, in nanoseconds
   * @param bytesInFlight how much was in flight on its path once it was sent; only meaningful with
   *     a snapshot
   * @param snapshot what {@link CongestionController#onPacketSent} gave for it; null for nothing
   * @return this
   */
  public SentPacket set(
      long number, int bytes, long sentTime, long bytesInFlight, DeliverySnapshot snapshot) {
    this.number = number;
    this.bytes = bytes;
    this.sentTime = sentTime;
    this.bytesInFlight = bytesInFlight;
    this.snapshot = snapshot;
    return this;
  }

  /** Its packet number: neighbours have neighbouring numbers. */
  public long number() {
    return number;
  }

  /** Its size. */
  public int bytes() {
    return bytes;
  }

  /** When it was sent. */
  public long sentTime() {
    return sentTime;
  }

  /** How much was in flight once it was sent, itself included (P.tx_in_flight). */
  public long bytesInFlight() {
    return bytesInFlight;
  }

  /** What the controller gave when it was sent. */
  public DeliverySnapshot snapshot() {
    return snapshot;
  }
}
