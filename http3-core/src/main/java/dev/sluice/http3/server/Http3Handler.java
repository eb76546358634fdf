package dev.sluice.http3.server;

/** Answers requests. */
@FunctionalInterface
public interface Http3Handler {

  /**
   * Answers one request. Called on a virtual thread of its own, so it may block, unless {@link
   * HandlerThreads} says otherwise; the exchange is over when it returns. A response that was not
   * begun by then becomes a 500, and so does one whose head was not sent yet when this throws; one
   * that is under way is reset with H3_INTERNAL_ERROR, and one that was {@linkplain
   * ResponseBody#finish() finished} arrives.
   *
   * @throws Exception for whatever reason; it is logged unless the client caused it
   */
  void handle(Http3Exchange exchange) throws Exception;
}
