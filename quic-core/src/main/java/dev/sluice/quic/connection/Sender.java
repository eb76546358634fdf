package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.tls.EncryptionLevel;
import java.util.List;

/**
 * The send side: fills datagrams with packets, one for each encryption level that has something to
 * say (RFC 9000 §12.2), within what congestion control, pacing and anti-amplification allow.
 */
final class Sender {

  /** §14.1: what a datagram with an Initial is padded to, and one that probes a path (§8.2.1). */
  private static final int MIN_PADDED = 1200;

  /** A 1-RTT packet with the longest connection ID, a challenge and an acknowledgement. */
  private static final int MIN_USEFUL = 64;

  private final Connection connection;
  private final PayloadWriter payloads;
  private final WireWriter writer = new WireWriter(new byte[0], 0, 0);

  /** One for each packet number space, in the order in which they are coalesced. */
  private final PacketDraft[] drafts;

  /** Those that have become packets of the present datagram, in its order. */
  private final PacketDraft[] filled;

  private int filledCount;

  /** The 1-RTT packets of the present flight, whose headers are still bare. */
  private final HeaderBatch flight;

  private long pacedUntil = Long.MAX_VALUE;
  private boolean blocked;

  Sender(Connection connection) {
    this.connection = connection;
    this.flight = connection.shared.flight;
    this.payloads = new PayloadWriter(connection);
    this.drafts =
        connection.spaces.all().stream().map(PacketDraft::new).toArray(PacketDraft[]::new);
    this.filled = new PacketDraft[drafts.length];
  }

  /**
   * Adds datagrams to the batch until there is nothing to send, or no more may be sent, or the
   * batch is full.
   *
   * @return true in the last case: the batch should be sent and this be called again
   */
  boolean send(long now, DatagramBatch out) {
    pacedUntil = Long.MAX_VALUE;
    connection.spaces.oneRtt().updateIfDue(now);
    if (endWhenExhausted(now)) {
      return false;
    }
    try {
      if (!connection.paths.others().isEmpty()) {
        sendProbes(now, out);
      }
      Path active = connection.paths.active();
      if (active.hasPending() && out.hasRoom() && !active.recovery().canSend(now)) {
        // What fills the window may have gone to where the peer no longer is: a question whether it
        // is here does not wait for answers from there (§9.4).
        sendProbe(active, now, out);
      }
      sendMtuProbe(now, out);
      while (sendDatagram(drafts.length, now, out)) {
        if (!out.hasRoom()) {
          return true;
        }
      }
      return false;
    } finally {
      connection.spaces.oneRtt().protectHeaders(flight, out.buffer());
    }
  }

  /**
   * Without keys or packet numbers not even CONNECTION_CLOSE may be sent: stateless resets are all
   * that follows (RFC 9001 §6.6, RFC 9000 §12.3).
   */
  private boolean endWhenExhausted(long now) {
    if (connection.spaces.oneRtt().isExhausted()) {
      end(
          TransportError.AEAD_LIMIT_REACHED,
          "1-RTT: the key has sealed all that it may, and the peer let no other follow",
          now);
      return true;
    } else if (connection.recovery.isOutOfNumbers()) {
      end(TransportError.NO_ERROR, "there are no more packet numbers", now);
      return true;
    }
    return false;
  }

  private void end(TransportError error, String reason, long now) {
    connection.closing.endSilently(
        new ConnectionEnding.TransportClose(ConnectionEnding.Side.LOCAL, error.code(), 0, reason),
        now);
  }

  private void sendProbes(long now, DatagramBatch out) {
    for (Path path : List.copyOf(connection.paths.others())) {
      if (path.hasPending() && out.hasRoom()) {
        sendProbe(path, now, out);
      }
    }
  }

  /**
   * Whether nothing at all may be sent on the path in use, whatever is due: until a datagram comes,
   * or a connection ID.
   */
  boolean isBlocked() {
    return blocked;
  }

  /** When pacing lets the next packet go; {@link Long#MAX_VALUE} when pacing holds nothing back. */
  long deadline() {
    return pacedUntil;
  }

  /**
   * One datagram on the active path.
   *
   * @param spaces how many packet number spaces may take part, beginning with that of Initials
   * @return false when there is nothing to send or it may not be
   */
  private boolean sendDatagram(int spaces, long now, DatagramBatch out) {
    if (!out.hasRoom()) {
      return true;
    }
    Path path = connection.paths.active();
    int size = sizeFor(path, Math.min(path.recovery().maxDatagramSize(), out.slotSize()));
    blocked = size == 0;
    connection.recovery.setAntiAmplificationBlocked(blocked);
    if (size == 0) {
      return false;
    }
    boolean mayElicit = path.recovery().canSend(now);
    begin(out, size);
    for (int i = 0; i < spaces; i++) {
      PacketDraft draft = drafts[i];
      if (connection.spaces.canSend(draft.space())) {
        fill(draft, path, mayElicit, now);
      }
    }
    if (filledCount == 0) {
      waitForRoom(path, mayElicit, now);
      return false;
    }
    if (needsPadding(path)) {
      padTo(out, Math.min(size, MIN_PADDED));
    }
    dispatch(path, now, out);
    return true;
  }

  /**
   * How large a datagram may be on a path: 0 when the anti-amplification limit leaves no room for
   * one. During the handshake it has to hold an Initial, which is padded. After it smaller ones are
   * worth sending: on a path whose peer only acknowledges there is never room for more, and a
   * challenge has to get out (RFC 9000 §8.2.1).
   */
  private int sizeFor(Path path, int wanted) {
    if (path.destination() == null) {
      return 0; // nothing can be sent before the peer issues another connection ID (§9.3)
    }
    long allowance = path.amplification().allowance();
    if (allowance >= wanted) {
      return wanted;
    }
    int least = connection.handshake.isConfirmed() ? MIN_USEFUL : MIN_PADDED;
    return allowance >= least ? (int) allowance : 0;
  }

  private void waitForRoom(Path path, boolean mayElicit, long now) {
    boolean probing = path.recovery().mtuProbe(now) > 0;
    if (mayElicit || !probing && !payloads.hasPending()) {
      path.recovery().onApplicationLimited();
    } else {
      pacedUntil = path.recovery().paceUntil();
    }
  }

  private void begin(DatagramBatch out, int size) {
    filledCount = 0;
    writer.reset(out.buffer(), out.nextOffset(), size);
  }

  private void fill(PacketDraft draft, Path path, boolean mayElicit, long now) {
    if (!start(draft, path)) {
      return;
    }
    payloads.write(draft.space(), draft.contents(), path, mayElicit, now);
    if (draft.contents().isEmpty()) {
      draft.undo();
    } else {
      draft.finish();
      filled[filledCount++] = draft;
    }
  }

  private boolean start(PacketDraft draft, Path path) {
    Bytes token = draft.type() == PacketType.INITIAL ? connection.firstFlight.token() : Bytes.EMPTY;
    return draft.begin(
        connection,
        path,
        writer,
        token,
        connection.recovery.nextPacketNumber(draft.space().number()),
        connection.recovery.largestAcknowledged(draft.space().number()));
  }

  /** §14.1: what carries an Initial, unless a server's only acknowledges; §8.2.1: path probes. */
  private boolean needsPadding(Path path) {
    for (int i = 0; i < filledCount; i++) {
      PacketDraft draft = filled[i];
      if (draft.type() == PacketType.INITIAL
          && (connection.isClient() || draft.contents().isAckEliciting())) {
        return true;
      }
    }
    return payloads.wroteProbe();
  }

  private void padTo(DatagramBatch out, int size) {
    int missing = out.nextOffset() + size - writer.position();
    if (missing > 0) {
      filled[filledCount - 1].pad(missing);
    }
  }

  /** Seals what was drafted and adds it to the batch. */
  private void dispatch(Path path, long now, DatagramBatch out) {
    int length = writer.position() - out.nextOffset();
    int mark = path.recovery().ecnMark(now);
    for (int i = 0; i < filledCount; i++) {
      if (mark != 0) {
        filled[i].contents().mark();
      }
      int end = i + 1 < filledCount ? filled[i + 1].start() : writer.position();
      seal(filled[i], end, path, now);
    }
    out.add(length, path.local(), path.remote(), mark);
    path.amplification().onSent(length);
    connection.counters.onDatagramSent(length);
    connection.packetTrace.onDatagramSent(path, length, mark, now);
    if (connection.isClient() && contains(PacketType.HANDSHAKE)) {
      connection.spaces.discard(EncryptionLevel.INITIAL, now);
    }
  }

  private void seal(PacketDraft draft, int end, Path path, long now) {
    PacketSpace space = draft.space();
    PacketContents contents = draft.contents();
    PacketKeys keys =
        switch (draft.type()) {
          case ONE_RTT -> connection.spaces.oneRtt().forSending(draft.number());
          case ZERO_RTT -> connection.early.keys();
          default -> space.sendKeys();
        };
    if (connection.packetTrace.isOn()) {
      connection.packetTrace.onSent(draft, end, path, now);
    }
    int length = draft.seal(keys, end, flight);
    connection.recovery.onPacketSent(
        path.recovery(), space.number(), draft.number(), length, contents, now);
    connection.counters.onPacketSent();
    if (contents.isAckEliciting()) {
      connection.timers.onAckElicitingSent(now);
    }
  }

  private boolean contains(PacketType type) {
    for (int i = 0; i < filledCount; i++) {
      if (filled[i].type() == type) {
        return true;
      }
    }
    return false;
  }

  /** A challenge or response on a path that is not in use (§8.2). */
  private void sendProbe(Path path, long now, DatagramBatch out) {
    PacketDraft draft = drafts[drafts.length - 1];
    int size = sizeFor(path, MIN_PADDED);
    if (!connection.spaces.canSend(draft.space()) || size == 0) {
      return;
    }
    begin(out, size);
    if (start(draft, path)) {
      payloads.writeProbe(draft.contents(), path, now);
      draft.contents().markProbe();
      draft.finish();
      filled[filledCount++] = draft;
      padTo(out, size);
      dispatch(path, now, out);
    }
  }

  /** A datagram larger than any before, with nothing in it that would be missed (§14.4). */
  private void sendMtuProbe(long now, DatagramBatch out) {
    Path path = connection.paths.active();
    int size = path.recovery().mtuProbe(now);
    PacketDraft draft = drafts[drafts.length - 1];
    if (size == 0
        || !out.hasRoom()
        || sizeFor(path, size) < size
        || !connection.spaces.canSend(draft.space())
        || !path.recovery().canSend(now)) {
      return;
    }
    if (size > out.slotSize()) {
      connection.recovery.onDatagramTooLarge(path.recovery(), size, now);
      return;
    }
    begin(out, size);
    if (start(draft, path)) {
      draft.contents().add(new PingFrame(), new RecoveryToken.Ping());
      draft.contents().markProbe();
      draft.finish();
      filled[filledCount++] = draft;
      padTo(out, size);
      path.recovery().mtu().onProbeSent(draft.number(), size);
      dispatch(path, now, out);
    }
  }

  /**
   * What has not left yet of a handshake that is complete on this side, or of one whose 0-RTT the
   * application has been given. Without it the peer could not read what is sealed for 1-RTT: what
   * an application says as it closes would come as the failure of a handshake, from whoever closes
   * at once (§10.2.3).
   */
  void sendRestOfHandshake(long now, DatagramBatch out) {
    boolean inUse =
        connection.handshake.isComplete() || connection.early.state() == EarlyDataState.ACCEPTED;
    if (inUse && !connection.handshake.isConfirmed()) {
      while (out.hasRoom() && sendDatagram(drafts.length - 1, now, out)) {}
    }
  }

  /** CONNECTION_CLOSE at every level that the peer may be able to read (§10.2.3). */
  void sendClose(long now, DatagramBatch out) {
    Path path = connection.paths.active();
    int size = sizeFor(path, MIN_PADDED);
    if (size == 0 || connection.recovery.isOutOfNumbers()) {
      return;
    }
    begin(out, size);
    int left = (int) connection.spaces.all().stream().filter(connection.spaces::canSend).count();
    for (PacketDraft draft : drafts) {
      if (connection.spaces.canSend(draft.space()) && start(draft, path)) {
        // A long reason leaves as much room to each of the levels that follow.
        int share = draft.contents().remaining() / left--;
        draft.contents().add(connection.closing.frame(draft.space().level()).fitting(share), null);
        draft.finish();
        filled[filledCount++] = draft;
      }
    }
    if (filledCount == 0) {
      return;
    }
    if (contains(PacketType.INITIAL)) {
      padTo(out, MIN_PADDED);
    }
    try {
      dispatch(path, now, out);
    } finally {
      connection.spaces.oneRtt().protectHeaders(flight, out.buffer());
    }
  }
}
