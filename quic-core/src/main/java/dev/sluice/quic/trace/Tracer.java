package dev.sluice.quic.trace;

/** A listener to trace events, called on the thread that owns the connection. */
public interface Tracer {

  /** Hears nothing, and costs nothing: events are not even made for it. */
  Tracer NONE =
      new Tracer() {
        @Override
        public boolean isEnabled() {
          return false;
        }

        @Override
        public void on(long now, TraceEvent event) {}
      };

  /** Whether events are wanted; asked before one is made. */
  default boolean isEnabled() {
    return true;
  }

  /**
   * Something happened.
   *
   * @param now nanoseconds on the clock that drives the connection
   */
  void on(long now, TraceEvent event);
}
