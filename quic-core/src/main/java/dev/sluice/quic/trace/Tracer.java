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
   * Whether events that come with every packet are wanted: they cost as much as the packets
   * themselves.
   */
  default boolean wantsPackets() {
    return isEnabled();
  }

  /** Tells two listeners. Each hears only what it wants. */
  static Tracer both(Tracer one, Tracer other) {
    return new BothTracers(one, other);
  }

  /**
   * Something happened.
   *
   * @param now nanoseconds on the clock that drives the connection
   */
  void on(long now, TraceEvent event);
}
