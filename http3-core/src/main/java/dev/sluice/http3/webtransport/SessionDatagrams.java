package dev.sluice.http3.webtransport;

import dev.sluice.http3.datagram.HttpDatagrams;

/** The datagrams of one session (§4.5). */
final class SessionDatagrams {
  private final WebTransportSession session;
  private final HttpDatagrams out;
  private final DatagramQueue queue;
  private boolean armed = true;
  private long sent;

  SessionDatagrams(WebTransportSession session, WebTransportSessions sessions) {
    this.session = session;
    WebTransportConfig config = sessions.config();
    out = sessions.datagrams();
    queue = new DatagramQueue(config.datagramQueue(), config.datagramMaxAge());
  }

  int maxLength() {
    return out.maxLength(session.id());
  }

  boolean send(byte[] source, int offset, int length) {
    boolean taken = out.send(session.id(), source, offset, length);
    sent += taken ? 1 : 0;
    return taken;
  }

  /** One arrived. */
  void add(byte[] payload, long now) {
    queue.add(payload, now);
    if (armed) {
      armed = false;
      session.emit(new WebTransportEvent.DatagramsReceived(session));
    }
  }

  /** The oldest that waits, or null. */
  byte[] next(long now) {
    byte[] next = queue.poll(now);
    armed |= next == null;
    return next;
  }

  long sent() {
    return sent;
  }

  long received() {
    return queue.received();
  }

  long dropped() {
    return queue.dropped();
  }
}
