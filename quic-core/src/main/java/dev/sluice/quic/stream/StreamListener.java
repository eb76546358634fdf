package dev.sluice.quic.stream;

/**
 * Told what happens to the streams of a connection, in order. Called in the middle of {@link
 * Streams}' work: an implementation notes the event and returns, it calls nothing of the streams.
 */
public interface StreamListener {

  /**
   * The peer opened a stream; once for each, in order of ids, before anything else of the stream.
   *
   * @param send null for a unidirectional stream
   */
  void opened(RecvStream recv, SendStream send);

  /**
   * The stream has bytes or has ended, and was not known to. Not repeated before a read has
   * returned {@link RecvStream#NOTHING_NOW}. Of a stream that this side has stopped it says that
   * the final size is known ({@link RecvStream#finalSize}); what it gives is the same as before.
   */
  void readable(RecvStream recv);

  /** A quarter of the send buffer or more is free, after a write that was cut short. */
  void writable(SendStream send);

  /** STOP_SENDING arrived, and the stream has been reset with the same code. */
  void stopped(SendStream send, long applicationCode);

  /** The sending part is in the state "Data Recvd" or "Reset Recvd". */
  void completed(SendStream send);

  /** A stream of this type can be opened, after an attempt that had failed. */
  void available(boolean bidirectional);

  /** A stream came to be, whoever opened it: before anything else is said of it. */
  default void created(long id) {}

  /** The application has written bytes of a stream, from an offset on. */
  default void written(long id, long offset, int bytes) {}

  /** The application has read bytes of a stream, from an offset on. */
  default void taken(long id, long offset, int bytes) {}

  /** Both parts of a stream have reached a terminal state. */
  default void closed(long id) {}
}
