package dev.sluice.quic.trace;

/** Two listeners as one. */
record BothTracers(Tracer one, Tracer other) implements Tracer {

  @Override
  public boolean isEnabled() {
    return one.isEnabled() || other.isEnabled();
  }

  @Override
  public boolean wantsPackets() {
    return one.wantsPackets() || other.wantsPackets();
  }

  @Override
  public void on(long now, TraceEvent event) {
    if (one.isEnabled()) {
      one.on(now, event);
    }
    if (other.isEnabled()) {
      other.on(now, event);
    }
  }
}
