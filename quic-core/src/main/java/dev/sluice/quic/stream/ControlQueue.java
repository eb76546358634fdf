package dev.sluice.quic.stream;

import dev.sluice.quic.recovery.PacketContents;
import java.util.ArrayDeque;

/**
 * The stream parts that have a frame to send other than STREAM, in the order in which they came to
 * have one.
 */
final class ControlQueue {

  /** A part of a stream that writes control frames. */
  interface Source {
    /** Whether a frame is due at present. */
    boolean hasControl();

    /**
     * Writes what is due.
     *
     * @return false when a frame did not fit
     */
    boolean writeControl(PacketContents out, long now);

    /** Notes whether the source stands in the queue; returns whether it did before. */
    boolean markQueued(boolean queued);
  }

  private final ArrayDeque<Source> waiting = new ArrayDeque<>();

  /** Puts a source into the queue that may have a frame to send; once is enough. */
  void add(Source source) {
    if (!source.markQueued(true)) {
      waiting.addLast(source);
    }
  }

  /** Whether a frame is due. Forgets the sources at the head that no longer have one. */
  boolean isDue() {
    while (!waiting.isEmpty() && !waiting.peekFirst().hasControl()) {
      waiting.pollFirst().markQueued(false);
    }
    return !waiting.isEmpty();
  }

  /** Writes frames as long as they fit. */
  void write(PacketContents out, long now) {
    while (isDue() && waiting.peekFirst().writeControl(out, now)) {
      waiting.pollFirst().markQueued(false);
    }
  }

  /** How many stand in it. */
  int size() {
    return waiting.size();
  }

  void clear() {
    waiting.clear();
  }
}
