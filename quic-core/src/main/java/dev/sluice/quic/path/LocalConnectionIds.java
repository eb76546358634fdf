package dev.sluice.quic.path;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * The connection IDs that this endpoint issued and the peer may address it by (RFC 9000 §5.1.1).
 * One is replaced for each that the peer retires, up to the peer's active_connection_id_limit.
 */
public final class LocalConnectionIds {

  /**
   * More than the default limit of 2 lets the peer move a few times without waiting; each ID costs
   * an entry in the endpoint's routing table, so a peer's larger limit is not filled.
   */
  private static final int MAX_ACTIVE = 4;

  /** With those that {@link #renew} replaces, until the peer gives them up. */
  public static final int MOST = 2 * MAX_ACTIVE;

  private final ConnectionIdSource source;
  private final TreeMap<Long, ConnectionId> active = new TreeMap<>();
  private final Deque<Long> toSend = new ArrayDeque<>();
  private long nextSequence;

  /** Those below have left in a packet, or in the transport parameters, and may be in use. */
  private long neverSent = 1;

  private long retirePriorTo;
  private boolean renewalWanted;

  /**
   * @param first the ID with sequence number 0, the one of the handshake
   */
  public LocalConnectionIds(ConnectionIdSource source, ConnectionId first) {
    this.source = source;
    active.put(nextSequence++, first);
  }

  /** Whether a packet with this destination is for this connection. */
  public boolean contains(ConnectionId id) {
    return active.containsValue(id);
  }

  /** Issues as many IDs as the peer's active_connection_id_limit allows (§5.1.1). */
  public void onPeerLimit(long activeConnectionIdLimit) {
    if (source.isSingle()) {
      return;
    }
    long target = Math.min(activeConnectionIdLimit, MAX_ACTIVE);
    while (active.size() < target) {
      issue();
    }
  }

  /**
   * Has the peer use new IDs in place of all that it knows (§5.1.2). While it has not given up
   * those of the time before, this waits: a peer that never does would otherwise gather IDs.
   */
  public void renew() {
    if (source.isSingle() || active.isEmpty()) {
      return;
    }
    if (active.firstKey() < retirePriorTo) {
      renewalWanted = true;
      return;
    }
    renewalWanted = false;
    int replaced = active.size();
    // What was never sent need not be. What was, though it may be lost, the peer may use already;
    // and it has to hear of it before it can retire it.
    active.tailMap(neverSent).values().forEach(source::retire);
    active.tailMap(neverSent).clear();
    toSend.removeIf(sequence -> sequence >= neverSent);
    nextSequence = neverSent;
    retirePriorTo = neverSent;
    for (int i = 0; i < replaced; i++) {
      issue();
    }
  }

  /**
   * The peer retires an ID (§19.16).
   *
   * @param usedByPacket the destination of the packet that carried the frame
   */
  public void onRetire(long sequence, ConnectionId usedByPacket) {
    if (sequence >= neverSent) {
      throw retireError("sequence number " + sequence + " was never issued");
    }
    ConnectionId id = active.get(sequence);
    if (id == null) {
      return;
    }
    if (source.length() == 0) {
      throw retireError("this endpoint uses zero-length connection IDs");
    }
    if (id.equals(usedByPacket)) {
      throw retireError("it retires the ID that its own packet is addressed to");
    }
    active.remove(sequence);
    toSend.remove(sequence);
    source.retire(id);
    if (sequence >= retirePriorTo) {
      issue();
    } else if (renewalWanted && active.firstKey() >= retirePriorTo) {
      renew();
    }
  }

  /** An ID that travels with the preferred address instead of a frame (§5.1.1); call it first. */
  public ConnectionId issueForPreferredAddress() {
    if (nextSequence != 1) {
      throw new IllegalStateException("the ID of the preferred address has sequence number 1");
    }
    ConnectionId id = source.issue();
    active.put(nextSequence++, id);
    neverSent = nextSequence;
    return id;
  }

  /** Whether a NEW_CONNECTION_ID frame waits. */
  public boolean hasPending() {
    return !toSend.isEmpty();
  }

  /** Writes waiting NEW_CONNECTION_ID frames, as many as fit. */
  public void write(PacketContents out) {
    while (!toSend.isEmpty()) {
      long sequence = toSend.peek();
      if (!out.addIfFits(frame(sequence), new RecoveryToken.NewConnectionId(sequence))) {
        return;
      }
      toSend.poll();
      neverSent = Math.max(neverSent, sequence + 1);
    }
  }

  /** The packet with the frame was lost; it is sent again unless the ID is retired by now. */
  public void onLost(RecoveryToken.NewConnectionId token) {
    // Sent as a probe too, it may be lost more than once.
    if (active.containsKey(token.sequence()) && !toSend.contains(token.sequence())) {
      toSend.add(token.sequence());
    }
  }

  /** The connection is gone: gives up every ID, for the caller to retire at the source. */
  public List<ConnectionId> release() {
    List<ConnectionId> released = new ArrayList<>(active.values());
    active.clear();
    toSend.clear();
    return released;
  }

  /** How many IDs lead here. */
  public void measure(Footprint out) {
    out.holds("connection IDs of ours", active.size(), MOST);
    out.holds("connection IDs to be told", toSend.size(), MOST);
  }

  private void issue() {
    ConnectionId id = source.issue();
    active.put(nextSequence, id);
    toSend.add(nextSequence);
    nextSequence++;
  }

  private NewConnectionIdFrame frame(long sequence) {
    ConnectionId id = active.get(sequence);
    long limit = Math.min(sequence, retirePriorTo); // no frame retires its own ID (§19.15)
    return new NewConnectionIdFrame(sequence, limit, id, Bytes.of(source.resetToken(id)));
  }

  private static TransportException retireError(String reason) {
    return new TransportException(
        TransportError.PROTOCOL_VIOLATION,
        FrameTypes.RETIRE_CONNECTION_ID,
        "RETIRE_CONNECTION_ID: " + reason);
  }
}
