package dev.sluice.quic.io;

/** An application protocol that runs on a connection, on the loop's thread. */
public interface ConnectionListener {

  /**
   * There are events: take them with {@code connection.transport().nextEvent()} until it gives
   * null. What is written, opened or closed meanwhile leaves when this returns.
   */
  void onEvents(LoopConnection connection);
}
