package dev.sluice.http3.webtransport;

/** A stream of a session: one or both parts, which end apart. */
public final class SessionStream {
  private final WebTransportSession session;
  private final long id;
  private final boolean local;
  private final boolean bidirectional;
  private SendingPart sending;
  private ReceivingPart receiving;
  private Object attachment;

  SessionStream(WebTransportSession session, long id, boolean local, boolean bidirectional) {
    this.session = session;
    this.id = id;
    this.local = local;
    this.bidirectional = bidirectional;
  }

  void join(SendingPart newSending, ReceivingPart newReceiving) {
    sending = newSending;
    receiving = newReceiving;
  }

  /** The session that it belongs to. */
  public WebTransportSession session() {
    return session;
  }

  /** The id of the QUIC stream. */
  public long id() {
    return id;
  }

  /** Whether this side opened it. */
  public boolean isLocal() {
    return local;
  }

  /** Whether it has both parts. */
  public boolean isBidirectional() {
    return bidirectional;
  }

  /** What this side sends; null for a unidirectional stream of the peer's. */
  public SendingPart sending() {
    return sending;
  }

  /** What this side receives; null for a unidirectional stream of this side's. */
  public ReceivingPart receiving() {
    return receiving;
  }

  /** Whatever the user of this stream has tied to it; null at first. */
  public Object attachment() {
    return attachment;
  }

  /** Ties something to this stream, for the user's own book-keeping. */
  public void attach(Object newAttachment) {
    attachment = newAttachment;
  }

  boolean isOver() {
    return (sending == null || sending.isOver()) && (receiving == null || receiving.isOver());
  }
}
