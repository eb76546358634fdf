package dev.sluice.quic.trace;

import java.util.function.Supplier;

/** Gives a tracer to each connection, and one to each endpoint for what belongs to none. */
public interface Tracers extends Supplier<Tracer> {

  /** A tracer for an endpoint that accepts connections; called on the thread that owns it. */
  Tracer endpoint();

  /** The endpoint's tracer, where whoever gives tracers to connections has one. */
  static Tracer endpoint(Supplier<Tracer> tracers) {
    return tracers instanceof Tracers both ? both.endpoint() : Tracer.NONE;
  }
}
