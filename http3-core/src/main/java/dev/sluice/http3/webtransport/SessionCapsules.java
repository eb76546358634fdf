package dev.sluice.http3.webtransport;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.MalformedMessageException;

/** The capsules that a session's peer sends on its CONNECT stream, and what each of them means. */
final class SessionCapsules {
  private final WebTransportSession session;
  private final WebTransportSessions sessions;
  private final ConnectStream connect;

  SessionCapsules(
      WebTransportSession session, WebTransportSessions sessions, ConnectStream connect) {
    this.session = session;
    this.sessions = sessions;
    this.connect = connect;
  }

  /** Acts on those that have arrived, until one of them ends the session. */
  void read() {
    try {
      Capsule capsule = connect.next();
      while (capsule != null) {
        onCapsule(capsule);
        capsule = session.isOpen() ? connect.next() : null;
      }
    } catch (MalformedMessageException e) {
      session.fail(Http3Error.H3_MESSAGE_ERROR, e.getMessage());
    }
    session.sendUpdates();
  }

  private void onCapsule(Capsule capsule) {
    long type = capsule.type();
    if (type == CapsuleType.DATAGRAM) {
      session.onDatagram(capsule.value(), sessions.now());
    } else if (type == CapsuleType.WT_DRAIN_SESSION) {
      session.onDraining();
    } else if (type == CapsuleType.WT_CLOSE_SESSION) {
      session.termination().onClose(CloseCapsule.parse(capsule));
    } else {
      onLimit(capsule);
    }
  }

  private void onLimit(Capsule capsule) {
    String wrong = session.flow().onCapsule(capsule);
    if (wrong != null) {
      session.fail(Http3Error.WT_FLOW_CONTROL_ERROR, wrong);
    } else {
      session.streams().onLimitsRaised();
    }
  }
}
