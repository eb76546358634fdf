package dev.sluice.qpack;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * The encoder's memory of sections with references to the dynamic table that the decoder has not
 * acknowledged (RFC 9204 §2.1.1, §4.4.1), and of the streams that they could block (§2.1.2).
 */
final class OutstandingSections {
  /**
   * One section.
   *
   * @param requiredInsertCount of the section, above 0
   * @param references the absolute index of every reference in it
   */
  record Section(long requiredInsertCount, long[] references) {}

  private static final class Stream {
    /** Null when there is none any more. */
    Section earliest;

    /** Those behind it; null for none, as on most streams. */
    ArrayDeque<Section> later;

    /**
     * The highest Required Insert Count among the sections. It may outlive its section when that is
     * acknowledged, for it is then no higher than the Known Received Count, and harmless.
     */
    long highestRequired;

    void add(Section section) {
      if (earliest == null) {
        earliest = section;
        return;
      }
      if (later == null) {
        later = new ArrayDeque<>(2);
      }
      later.add(section);
    }

    Section poll() {
      Section first = earliest;
      earliest = later == null ? null : later.poll();
      return first;
    }
  }

  /**
   * A peer that acknowledges nothing makes the encoder remember everything, so beyond these it does
   * without the dynamic table (§7.3): 4096 sections are a fast server's for many round trips, and
   * 65536 references 512 KiB.
   */
  private static final int MOST_SECTIONS = 4096;

  private static final int MOST_REFERENCES = 64 * 1024;

  /**
   * As many as are commonly under way. What is forgotten costs the table some of its room, for a
   * cancellation is late by no more than the packets that it has overtaken.
   */
  private static final int MOST_CANCELLED = 100;

  private final Map<Long, Stream> streams = new HashMap<>();

  /** The latest streams of which the decoder reads no more, the earliest first. */
  private final SequencedSet<Long> cancelled = new LinkedHashSet<>();

  /** The streams with a section that needs more than is known to have been received. */
  private final List<Stream> blockable = new ArrayList<>();

  private int sections;
  private int references;

  /** Whether one more section with references can be remembered. */
  boolean hasRoom() {
    return sections < MOST_SECTIONS && references < MOST_REFERENCES;
  }

  /** Whether a section that may block on this stream keeps the number of such streams in limits. */
  boolean mayBlock(long streamId, long maxBlockedStreams) {
    return blockable.size() < maxBlockedStreams
        || !blockable.isEmpty() && blockable.contains(streams.get(streamId));
  }

  /** Whether the decoder would never acknowledge a section on this stream (§2.2.2.2). */
  boolean isCancelled(long streamId) {
    return !cancelled.isEmpty() && cancelled.contains(streamId);
  }

  /** Remembers a section that is about to be sent. */
  void add(long streamId, Section section, long knownReceived) {
    Stream stream = streams.get(streamId);
    if (stream == null) {
      stream = new Stream();
      streams.put(streamId, stream);
    }
    stream.add(section);
    sections++;
    references += section.references().length;
    boolean wasBlockable = stream.highestRequired > knownReceived;
    stream.highestRequired = Math.max(stream.highestRequired, section.requiredInsertCount());
    if (!wasBlockable && stream.highestRequired > knownReceived) {
      blockable.add(stream);
    }
  }

  /** Forgets the earliest section of a stream and returns it; null when there is none. */
  Section acknowledge(long streamId) {
    Stream stream = streams.get(streamId);
    if (stream == null) {
      return null;
    }
    Section earliest = stream.poll();
    forget(earliest);
    if (stream.earliest == null) {
      streams.remove(streamId);
    }
    return earliest;
  }

  /** Forgets all sections of a stream and returns them; there should be no more. */
  Collection<Section> cancel(long streamId) {
    if (cancelled.add(streamId) && cancelled.size() > MOST_CANCELLED) {
      cancelled.removeFirst();
    }
    Stream stream = streams.remove(streamId);
    if (stream == null) {
      return List.of();
    }
    stream.highestRequired = 0;
    List<Section> all = new ArrayList<>();
    for (Section next = stream.poll(); next != null; next = stream.poll()) {
      forget(next);
      all.add(next);
    }
    return all;
  }

  /** After an acknowledgment, a cancellation or an increment: which streams can still block? */
  void reviewBlockable(long knownReceived) {
    if (!blockable.isEmpty()) {
      blockable.removeIf(stream -> stream.highestRequired <= knownReceived);
    }
  }

  /** How many streams could be blocked at the decoder. */
  int blockableStreams() {
    return blockable.size();
  }

  private void forget(Section section) {
    sections--;
    references -= section.references().length;
  }
}
