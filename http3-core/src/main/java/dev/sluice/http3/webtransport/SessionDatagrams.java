package dev.sluice.http3.webtransport;

import dev.sluice.http3.datagram.HttpDatagrams;
import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.datagram.DatagramQueue;

/** The datagrams of one session (§4.5). */
final class SessionDatagrams {
  private final WebTransportSession session;
  private final HttpDatagrams out;
  private final DatagramFlow flow;
  private final DatagramQueue queue;
  private boolean armed = true;
  private boolean leaving;

  SessionDatagrams(WebTransportSession session, WebTransportSessions sessions) {
    this.session = session;
    DatagramLimits limits = sessions.config().datagrams();
    out = sessions.datagrams();
    flow = out.openFlow(limits.sendQueue(), limits.sendAge());
    queue = limits.queue();
  }

  int maxLength() {
    return out.maxLength(session.id());
  }

  boolean send(byte[] source, int offset, int length) {
    return out.send(flow, session.id(), source, offset, length);
  }

  /**
   * The session is being closed from here: those that were sent before leave before the close does.
   *
   * @param close says it to the peer
   */
  void finish(Runnable close) {
    leaving = true;
    flow.finish(close);
  }

  /** None is sent any more, but those that leave before the session's close. */
  void onSessionEnded() {
    if (!leaving) {
      flow.discard();
    }
  }

  /** The peer does not take what this side sends any more (RFC 9297 §2.1). */
  void onCut() {
    flow.discard();
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
    return flow.sent();
  }

  long droppedUnsent() {
    return flow.dropped();
  }

  long received() {
    return queue.received();
  }

  long droppedUnread() {
    return queue.dropped();
  }
}
