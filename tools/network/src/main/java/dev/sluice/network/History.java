package dev.sluice.network;

import java.time.Duration;
import java.util.ArrayDeque;

/** The last arrivals and incidents of a run, for the report of a failure. */
final class History {
  private static final int LENGTH = 40;

  private record Arrival(Duration time, Datagram datagram, boolean nobody) {
    @Override
    public String toString() {
      return "%s %s to %s: datagram %d of %d bytes%s"
          .formatted(
              time,
              datagram.source(),
              datagram.destination(),
              datagram.number(),
              datagram.length(),
              nobody ? ", nobody there" : "");
    }
  }

  /** Arrivals stay values until somebody wants to read them: most never are. */
  private final ArrayDeque<Object> entries = new ArrayDeque<>();

  void arrival(Duration time, Datagram datagram, boolean nobody) {
    keep(new Arrival(time, datagram, nobody));
  }

  void incident(Duration time, String what) {
    keep(time + " " + what);
  }

  void describe(StringBuilder text) {
    for (Object entry : entries) {
      text.append("\n    ").append(entry);
    }
  }

  private void keep(Object entry) {
    if (entries.size() == LENGTH) {
      entries.removeFirst();
    }
    entries.addLast(entry);
  }
}
