package dev.sluice.quic.stream;

/** Both parts of a bidirectional stream; they have one id and end apart. */
public record BidiStream(SendStream send, RecvStream recv) {

  /** The id that both parts share. */
  public long id() {
    return send.id();
  }
}
