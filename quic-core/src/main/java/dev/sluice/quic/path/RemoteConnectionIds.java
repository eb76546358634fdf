package dev.sluice.quic.path;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The connection IDs that the peer issued and this endpoint addresses it by (RFC 9000 §5.1.2), with
 * the stateless reset token of each.
 */
public final class RemoteConnectionIds {

  /**
   * What this endpoint advertises as active_connection_id_limit: one for each of the four paths
   * that {@link Paths} keeps, and as many to spare.
   */
  public static final int ACTIVE_LIMIT = 8;

  /**
   * RETIRE_CONNECTION_ID frames that may wait unacknowledged. A peer that forces more retirements
   * than it acknowledges is cut off (§5.1.2 asks for at least twice the limit).
   */
  private static final int MAX_RETIRING = 4 * ACTIVE_LIMIT;

  private final ConnectionIdSource local;
  private final TreeMap<Long, RemoteId> available = new TreeMap<>();

  /** Sequence numbers whose retirement the peer has not acknowledged. */
  private final Set<Long> retiring = new HashSet<>();

  /** Those among them that are to be said, or said again. */
  private final Deque<Long> toRetire = new ArrayDeque<>();

  private long highestTaken;
  private long retirePriorTo;
  private final RemoteId first;

  /**
   * @param local is told which reset token to expect
   * @param first the ID of the handshake, sequence number 0; a client's first is one that it made
   *     up
   */
  public RemoteConnectionIds(ConnectionIdSource local, ConnectionId first) {
    this.local = local;
    this.first = new RemoteId(0, first, null);
    this.first.use();
    available.put(0L, this.first);
  }

  /** The ID of the handshake, which its path has taken. */
  public RemoteId first() {
    return first;
  }

  /** Whether the peer does without: then its first ID is its only one, and has no bytes. */
  public boolean areEmpty() {
    return first.id().length() == 0;
  }

  /** Client only: the server chose its ID, in its first Initial or in a Retry (§7.2). */
  public void replaceFirst(ConnectionId chosenByServer) {
    first.replace(chosenByServer);
  }

  /** The reset token of the first ID, from the server's transport parameters (§18.2). */
  public void firstResetToken(byte[] token) {
    first.resetToken(token);
    use(first); // nobody moves before these are known
  }

  /** Client only: the ID that came with the server's preferred address, number 1 (§5.1.1). */
  public void onPreferredAddress(ConnectionId id, byte[] resetToken) {
    available.put(1L, new RemoteId(1, id, resetToken));
  }

  /** NEW_CONNECTION_ID (§19.15). */
  public void onFrame(NewConnectionIdFrame frame) {
    if (areEmpty()) {
      throw error(
          TransportError.PROTOCOL_VIOLATION, "the peer chose zero-length connection IDs before");
    }
    RemoteId known = available.get(frame.sequence());
    if (known == null && (frame.sequence() < retirePriorTo || frame.sequence() <= highestTaken)) {
      // Retired before it came, or come again after it was: either way the peer may forget it.
      retire(frame.sequence());
      retirePriorTo(frame.retirePriorTo());
      return;
    }
    if (known != null) {
      if (!known.id().equals(frame.id())) {
        throw error(
            TransportError.PROTOCOL_VIOLATION,
            "sequence number " + frame.sequence() + " came before with another ID");
      }
      // What was taken for lost is sent again, and may say more by then than it did at first.
      retirePriorTo(frame.retirePriorTo());
      return;
    }
    for (RemoteId issued : available.values()) {
      if (issued.id().equals(frame.id())) {
        throw error(
            TransportError.PROTOCOL_VIOLATION, "the ID came before with another sequence number");
      }
    }
    available.put(
        frame.sequence(),
        new RemoteId(frame.sequence(), frame.id(), frame.statelessResetToken().toArray()));
    retirePriorTo(frame.retirePriorTo());
    int active = available.tailMap(retirePriorTo).size();
    if (active > ACTIVE_LIMIT) {
      throw error(
          TransportError.CONNECTION_ID_LIMIT_ERROR,
          active + " active IDs, the limit is " + ACTIVE_LIMIT);
    }
  }

  /**
   * An ID that has not been sent with yet, for a new path (§9.5). Zero-length IDs are all one.
   *
   * @return null when the peer has not issued another
   */
  public RemoteId take() {
    if (areEmpty()) {
      first.use();
      return first;
    }
    for (RemoteId issued : available.values()) {
      if (!issued.isTaken()) {
        issued.use();
        highestTaken = Math.max(highestTaken, issued.sequence);
        return issued;
      }
    }
    return null;
  }

  /** Whether {@link #take()} would give one. */
  public boolean hasUnused() {
    return areEmpty() || available.values().stream().anyMatch(id -> !id.isTaken());
  }

  /** A path sends with this ID no more; without any path it is retired (§5.1.2). */
  public void release(RemoteId id) {
    if (id.leave() && !areEmpty()) {
      giveBack(id);
    }
  }

  /** The path in use sends with this ID from now on, which was taken for it. */
  void use(RemoteId id) {
    local.expectReset(id.resetToken());
  }

  /** Whether the peer wants the ID back: a path that has it is to take another, and release it. */
  boolean isRevoked(RemoteId id) {
    return id.sequence < retirePriorTo;
  }

  /** Whether a RETIRE_CONNECTION_ID frame waits. */
  public boolean hasPending() {
    return !toRetire.isEmpty();
  }

  /** Writes waiting RETIRE_CONNECTION_ID frames, as many as fit. */
  public void write(PacketContents out) {
    while (!toRetire.isEmpty()) {
      RetireConnectionIdFrame frame = new RetireConnectionIdFrame(toRetire.peek());
      if (!out.addIfFits(frame, new RecoveryToken.RetireConnectionId(frame.sequence()))) {
        return;
      }
      toRetire.poll();
    }
  }

  /** The peer knows of the retirement. */
  public void onAcked(RecoveryToken.RetireConnectionId token) {
    retiring.remove(token.sequence());
    toRetire.remove(token.sequence());
  }

  /** The retirement has to be said again, unless another packet has told of it. */
  public void onLost(RecoveryToken.RetireConnectionId token) {
    if (retiring.contains(token.sequence()) && !toRetire.contains(token.sequence())) {
      toRetire.add(token.sequence());
    }
  }

  /**
   * How many IDs of the peer's are known, and how many it has not been seen to take back. The one
   * that is too many ends the connection, in which paths may still have some that are revoked.
   */
  public void measure(Footprint out) {
    out.holds("connection IDs of the peer", available.size(), 2 * ACTIVE_LIMIT);
    out.holds("connection IDs to be retired", retiring.size(), MAX_RETIRING + 1);
    out.holds("retirements to be told", toRetire.size(), MAX_RETIRING);
  }

  /** The peer wants the IDs before this one back (§5.1.2). Those of paths are for them to give. */
  private void retirePriorTo(long limit) {
    retirePriorTo = Math.max(retirePriorTo, limit);
    for (RemoteId old : List.copyOf(available.headMap(retirePriorTo).values())) {
      if (!old.isTaken()) {
        giveBack(old);
      }
    }
  }

  private void giveBack(RemoteId id) {
    available.remove(id.sequence);
    retire(id.sequence);
  }

  private void retire(long sequence) {
    if (!retiring.add(sequence)) {
      return;
    }
    if (retiring.size() > MAX_RETIRING) {
      throw error(
          TransportError.CONNECTION_ID_LIMIT_ERROR,
          "more than " + MAX_RETIRING + " retirements wait for acknowledgement");
    }
    toRetire.add(sequence);
  }

  private static TransportException error(TransportError error, String reason) {
    return new TransportException(
        error, FrameTypes.NEW_CONNECTION_ID, "NEW_CONNECTION_ID: " + reason);
  }
}
