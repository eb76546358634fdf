package dev.sluice.http3.server;

import dev.sluice.http3.message.RequestHead;

/** On which thread a server calls its handler, for each request. */
@FunctionalInterface
public interface HandlerThreads {

  /** The threads there are. */
  enum Place {
    /** A virtual thread of the request's own: the handler may wait for whatever it likes. */
    VIRTUAL,

    /**
     * The loop's own thread, which serves the network for all its connections: for what is answered
     * out of memory in some microseconds, for that is then cheaper than a thread. The handler must
     * not wait for anything. What would have to wait for the client throws IllegalStateException
     * instead: reading content that has not arrived, writing half a megabyte more than the client
     * takes, and {@link Http3Exchange#awaitHandshake()} before it is complete.
     */
    LOOP
  }

  /**
   * Where this one is handled; asked on the server's loop, and so without waiting for anything.
   * When it throws, the request has a virtual thread.
   */
  Place placeOf(RequestHead request);

  /** All on virtual threads. */
  HandlerThreads VIRTUAL = request -> Place.VIRTUAL;

  /** All on the loop. */
  HandlerThreads LOOP = request -> Place.LOOP;
}
