package dev.sluice.quic.recovery;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One packet's payload while it is being filled: where the frames go, and what has to be known
 * about them when the packet is acknowledged or lost. Reused packet after packet; owned by the
 * connection's thread.
 */
public final class PacketContents {
  private static final int BLOCK = 16;

  private final ArrayList<RecoveryToken> tokens = new ArrayList<>();
  private final List<RecoveryToken> tokensView = Collections.unmodifiableList(tokens);
  private final StreamRanges streams = new StreamRanges();
  private WireWriter out;
  private int start;
  private int beyondBlocks;
  private boolean ackEliciting;
  private boolean inFlight;
  private boolean probe;
  private boolean marked;

  /**
   * Starts the next packet.
   *
   * @param out stands where the first frame goes; its limit is where the payload must end
   */
  public void begin(WireWriter out) {
    this.out = out;
    this.start = out.position();
    tokens.clear();
    streams.clear();
    ackEliciting = false;
    inFlight = false;
    probe = false;
    marked = false;
  }

  /** Where to write, for components that write frames themselves; see {@link #added}. */
  public WireWriter out() {
    return out;
  }

  /** How many more bytes of frames fit. */
  public int remaining() {
    return out.remaining();
  }

  /**
   * Keeps what is added next, until {@link #unlimit}, to a payload of whole blocks of AES. The
   * bytes of a block that is not whole cost sealing and opening more than they carry.
   */
  public void limitToBlocks() {
    beyondBlocks = Math.min((out.limit() - start) % BLOCK, out.remaining());
    out.limit(out.limit() - beyondBlocks);
  }

  /** All of the room may be used again. */
  public void unlimit() {
    out.limit(out.limit() + beyondBlocks);
  }

  /**
   * Writes a frame that fits and notes what kind of packet this has become.
   *
   * @param token what to give back when the packet is acknowledged or lost, null for nothing
   */
  public void add(Frame frame, RecoveryToken token) {
    frame.write(out);
    // Everything but ACK and CONNECTION_CLOSE counts toward bytes in flight (RFC 9002 §3); PADDING
    // does so without eliciting an acknowledgment.
    if (!(frame instanceof AckFrame) && !(frame instanceof ConnectionCloseFrame)) {
      inFlight = true;
    }
    added(token, frame.isAckEliciting());
  }

  /**
   * Adds a frame if there is room for it.
   *
   * @return whether there was
   */
  public boolean addIfFits(Frame frame, RecoveryToken token) {
    boolean fits = frame.encodedLength() <= out.remaining();
    if (fits) {
      add(frame, token);
    }
    return fits;
  }

  /**
   * Notes a frame that the caller has written to {@link #out()} itself.
   *
   * @param token what to give back when the packet is acknowledged or lost, null for nothing
   * @param elicits whether the frame elicits an acknowledgment; then it also counts as in flight
   */
  public void added(RecoveryToken token, boolean elicits) {
    if (token != null) {
      tokens.add(token);
    }
    ackEliciting |= elicits;
    inFlight |= elicits;
  }

  /** Notes a STREAM frame that the caller has written to {@link #out()} itself. */
  public void addedStream(long streamId, long offset, int length, boolean fin) {
    streams.add(streamId, offset, length, fin);
    ackEliciting = true;
    inFlight = true;
  }

  /** What STREAM frames of this packet carry so far; the next {@link #begin} empties it. */
  public StreamRanges streams() {
    return streams;
  }

  /** The tokens of this packet so far; a view that the next {@link #begin} empties. */
  public List<RecoveryToken> tokens() {
    return tokensView;
  }

  /** Whether the peer has to acknowledge this packet (RFC 9000 §13.2). */
  public boolean isAckEliciting() {
    return ackEliciting;
  }

  /** Whether this packet counts toward bytes in flight (RFC 9002 §2). */
  public boolean isInFlight() {
    return inFlight;
  }

  /**
   * The packet finds out whether the path works, or what it carries: should it be lost, that is the
   * answer, and no sign of congestion (RFC 9000 §9.4, §14.4).
   */
  public void markProbe() {
    probe = true;
  }

  /** Whether this packet's loss is no sign of congestion. */
  public boolean isProbe() {
    return probe;
  }

  /** The packet's datagram is marked ECT(0) (RFC 9000 §13.4). */
  public void mark() {
    marked = true;
  }

  /** Whether the packet's datagram is marked ECT(0). */
  public boolean isMarked() {
    return marked;
  }

  /** Whether nothing has been written yet. */
  public boolean isEmpty() {
    return out.position() == start;
  }
}
