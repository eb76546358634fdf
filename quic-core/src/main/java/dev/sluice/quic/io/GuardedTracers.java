package dev.sluice.quic.io;

import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.trace.Tracers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A program's tracers, of which one that fails hears nothing more: whom it watches goes on, and so
 * does the loop.
 *
 * @param all the program's
 */
record GuardedTracers(Supplier<Tracer> all) implements Tracers {
  private static final Logger LOG = System.getLogger(GuardedTracers.class.getName());

  @Override
  public Tracer get() {
    return guard(Objects.requireNonNull(all.get(), "no tracer"));
  }

  @Override
  public Tracer endpoint() {
    return guard(Tracers.endpoint(all));
  }

  private static Tracer guard(Tracer tracer) {
    return tracer == Tracer.NONE ? tracer : new Guarded(tracer);
  }

  private static final class Guarded implements Tracer {
    private final Tracer tracer;
    private boolean over;

    Guarded(Tracer tracer) {
      this.tracer = tracer;
    }

    @Override
    public boolean isEnabled() {
      return !over && tracer.isEnabled();
    }

    @Override
    public boolean wantsPackets() {
      return !over && tracer.wantsPackets();
    }

    @Override
    public void on(long now, TraceEvent event) {
      if (over) {
        return;
      }
      try {
        tracer.on(now, event);
      } catch (RuntimeException | Error e) {
        over = true;
        LOG.log(Level.ERROR, "a tracer failed and is given up; what it watches goes on", e);
      }
    }
  }
}
