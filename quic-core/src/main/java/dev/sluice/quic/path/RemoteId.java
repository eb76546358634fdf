package dev.sluice.quic.path;

import dev.sluice.quic.wire.ConnectionId;
import java.security.MessageDigest;
import java.util.Arrays;

/** One of the connection IDs by which this side may address its peer (RFC 9000 §5.1). */
public final class RemoteId {
  final long sequence;
  private ConnectionId id;
  private byte[] resetToken;

  /** Paths that send with it. More than one only when a NAT gave a path another address (§9.5). */
  private int paths;

  private boolean taken;

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

  /** Whether it was sent with, or is about to be. */
  boolean isTaken() {
    return taken;
  }

  byte[] resetToken() {
    return resetToken;
  }

  /** Whether these 16 bytes, the last of a datagram, are the token that resets the connection. */
  boolean isResetToken(byte[] buffer, int offset) {
    byte[] candidate = Arrays.copyOfRange(buffer, offset, offset + 16);
    return resetToken != null && MessageDigest.isEqual(resetToken, candidate);
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

  @Override
  public String toString() {
    return "connection ID " + sequence + " " + id;
  }
}
