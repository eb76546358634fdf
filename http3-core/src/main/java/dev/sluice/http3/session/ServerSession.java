package dev.sluice.http3.session;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.webtransport.WebTransportSession;
import dev.sluice.http3.webtransport.WebTransportVersion;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;

/** A request for a session on its way to a handler, for the server of this library. */
public final class ServerSession {
  private static final Logger LOG = System.getLogger("dev.sluice.http3.session");

  /** For a handler that has failed. */
  private static final long HANDLER_FAILED = 1;

  private final WebTransportDriver driver;
  private final SessionHandle handle;

  ServerSession(WebTransportDriver driver, SessionHandle handle) {
    this.driver = driver;
    this.handle = handle;
  }

  /** Its id on its connection. */
  public long id() {
    return handle.session().id();
  }

  /** What was asked for. */
  public RequestHead request() {
    return handle.session().request();
  }

  /** Loop: there is no handler for it. */
  public void refuse() {
    // Draft-16 §3.2: the resource has no WebTransport. Before, there was none at all.
    boolean newest = handle.session().version() == WebTransportVersion.DRAFT_16;
    handle.session().reject(newest ? 405 : 404, Fields.EMPTY);
  }

  /** Loop: has a handler begin on a virtual thread, in its turn. */
  public void serve(WebTransportHandler handler, String name, ConnectionInfo info) {
    WebTransportSession session = handle.session();
    SessionRequest request =
        new SessionRequest(session.request(), session.offeredProtocols(), info);
    driver.serve(
        session, () -> Thread.ofVirtual().name(name).start(() -> runCounted(handler, request)));
  }

  private void runCounted(WebTransportHandler handler, SessionRequest request) {
    try {
      run(handler, request);
    } finally {
      driver.onReturned();
    }
  }

  private void run(WebTransportHandler handler, SessionRequest request) {
    SessionAnswer answer;
    try {
      answer = handler.answer(request);
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "no answer to the request for " + request.head().path(), e);
      driver.onLoop(() -> answer(SessionAnswer.reject(500)));
      return;
    }
    if (!driver.onLoop(() -> answer(answer))) {
      return; // the loop has ended, and every session with it
    }
    WebTransport session;
    try {
      // An interruption is the handler's: without it nobody would have the session.
      session = handle.established().join();
    } catch (CompletionException e) {
      return; // rejected, or the client has lost interest
    }
    try {
      handler.handle(session);
    } catch (SessionEndedException | SessionStreamEndedException e) {
      LOG.log(Level.DEBUG, "session {0} ended: {1}", session, e.getMessage());
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "the handler has failed on " + session, e);
      session.close(HANDLER_FAILED, "");
    }
  }

  private void answer(SessionAnswer answer) {
    WebTransportSession session = handle.session();
    try {
      switch (answer) {
        case SessionAnswer.Accept(String protocol, Fields fields) ->
            session.accept(protocol, fields);
        case SessionAnswer.Reject(int status, Fields fields) -> session.reject(status, fields);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "an answer that cannot be sent", e);
      if (session.ending() == null && !session.isOpen()) {
        session.reject(500, Fields.EMPTY);
      }
    }
    if (session.response() != null) {
      // The client may have closed it before it had the answer, and what came first is to be read.
      handle.onEstablished();
    }
  }
}
