package dev.sluice.http3.session;

/** What a server does with the sessions of one path. */
@FunctionalInterface
public interface WebTransportHandler {

  /**
   * Called on a virtual thread of the session's own, once it is established. The session lives on
   * after this returns. An exception closes it with code 1, except {@link SessionEndedException}
   * and {@link SessionStreamEndedException}: to be told of the end is how most handlers end.
   */
  void handle(WebTransport session) throws Exception;

  /**
   * Whether to accept a session; yes and without an application protocol by default. The origin has
   * been checked. Called on the thread that {@link #handle} is called on afterwards. An exception
   * is a 500.
   */
  default SessionAnswer answer(SessionRequest request) throws Exception {
    return SessionAnswer.accept();
  }
}
