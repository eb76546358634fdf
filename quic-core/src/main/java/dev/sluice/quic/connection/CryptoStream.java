package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.stream.ChunkPool;
import dev.sluice.quic.stream.Reassembler;
import dev.sluice.quic.stream.SendBuffer;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.tls.EncryptionLevel;

/** The handshake bytes of one encryption level, in both directions (RFC 9000 §7.5, §19.6). */
final class CryptoStream {

  /**
   * Bytes beyond a gap that are buffered; §7.5 asks for at least 4096. A server's chain with
   * post-quantum signatures is the largest flight there is, and stays below this.
   */
  private static final int MAX_BUFFERED = 65_536;

  /** A CRYPTO frame with fewer bytes than this is not worth its header. */
  private static final int MIN_FRAME = 16;

  private final EncryptionLevel level;
  private final ChunkPool pool;
  private Reassembler incoming;
  private SendBuffer outgoing;
  private long receivedEnd;
  private boolean superseded;

  CryptoStream(EncryptionLevel level, ChunkPool pool) {
    this.level = level;
    this.pool = pool;
    this.incoming = new Reassembler(pool, MAX_BUFFERED);
    this.outgoing = new SendBuffer(pool);
  }

  /** Forgets everything: another handshake begins. What is in flight must have come back before. */
  void restart() {
    discard();
    receivedEnd = 0;
    incoming = new Reassembler(pool, MAX_BUFFERED);
    outgoing = new SendBuffer(pool);
  }

  /**
   * The peer's messages go on at a higher level, and all of this level are here: what follows can
   * only be copies (RFC 9001 §4.1.3).
   *
   * @throws TransportException PROTOCOL_VIOLATION: there is more beyond a gap
   */
  void supersede() {
    superseded = true;
    if (incoming.hasGap()) {
      throw tooMuch();
    }
  }

  private TransportException tooMuch() {
    return new TransportException(
        TransportError.PROTOCOL_VIOLATION,
        FrameTypes.CRYPTO,
        "CRYPTO: more at the level " + level + ", after keys of a higher one");
  }

  void receive(CryptoFrame frame) {
    long end = frame.offset() + frame.data().length();
    if (superseded && end > receivedEnd) {
      throw tooMuch();
    }
    receivedEnd = Math.max(receivedEnd, end);
    if (!incoming.insert(
        frame.offset(), frame.data().array(), frame.data().offset(), frame.data().length())) {
      throw new TransportException(
          TransportError.CRYPTO_BUFFER_EXCEEDED,
          FrameTypes.CRYPTO,
          "CRYPTO: more than " + MAX_BUFFERED + " bytes ahead of the handshake");
    }
  }

  /** Contiguous bytes; 0 when there are none. */
  int read(byte[] target) {
    return incoming.readable() == 0 ? 0 : incoming.read(target, 0, target.length);
  }

  void write(byte[] bytes) {
    outgoing.write(bytes, 0, bytes.length);
  }

  boolean hasPending() {
    return outgoing.hasPending();
  }

  /** Writes CRYPTO frames, as many as there is room and data for. */
  void write(PacketContents out) {
    while (outgoing.hasPending() && out.remaining() > MIN_FRAME) {
      long offset = outgoing.pendingOffset();
      int fits = CryptoFrame.dataThatFits(offset, out.remaining());
      int length = (int) Math.min(fits, outgoing.pendingLength());
      if (length <= 0) {
        return;
      }
      CryptoFrame.writeHeader(out.out(), offset, length);
      outgoing.send(length, out.out().buffer(), out.out().position());
      out.out().skip(length);
      out.added(new RecoveryToken.Crypto(level, offset, length), true);
    }
  }

  void onAcked(RecoveryToken.Crypto token) {
    outgoing.onAcked(token.offset(), token.length());
  }

  void onLost(RecoveryToken.Crypto token) {
    outgoing.onLost(token.offset(), token.length());
  }

  void measure(Footprint out) {
    incoming.measure(MAX_BUFFERED, out);
  }

  void discard() {
    incoming.discard();
    outgoing.discard();
  }
}
