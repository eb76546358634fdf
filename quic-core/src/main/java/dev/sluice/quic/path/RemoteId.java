package dev.sluice.quic.path;

import dev.sluice.quic.wire.ConnectionId;

/** One of the connection IDs by which this side may address its peer (RFC 9000 §5.1). */
public final class RemoteId {
  final long sequence;
  private ConnectionId id;
  private byte[] resetToken;

  /** Paths that send with it. More than one only when a NAT gave a path another address (§9.5). */
  private int paths;

  private boolean taken;
  private boolean retired;

  RemoteId(long sequence, ConnectionId id, byte[] resetToken) {
    this.sequence = sequence;
    this.id = id;
    this.resetToken = resetToken;
  }

  /** The sequence number under which the peer issued it (§5.1.1). */
  public long number() {
    return sequence;
  }

  /** What stands in packets. */
  public ConnectionId id() {
    return id;
  }

  /** Whether it must not be used any more. */
  public boolean isRetired() {
    return retired;
  }

  /** Whether it was sent with, or is about to be. */
  boolean isTaken() {
    return taken;
  }

  byte[] resetToken() {
    return resetToken;
  }

  void replace(ConnectionId other) {
    id = other;
  }

  void resetToken(byte[] token) {
    resetToken = token;
  }

  void use() {
    taken = true;
    paths++;
  }

  /** One path less; true when it was the last. */
  boolean leave() {
    return --paths == 0;
  }

  void retire() {
    retired = true;
  }

  @Override
  public String toString() {
    return "connection ID " + sequence + " " + id;
  }
}
