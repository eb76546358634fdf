package dev.sluice.quic.stream;

import dev.sluice.quic.flow.SendCredit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Decides which stream's data goes into the next packet (RFC 9000 §2.3, with the priorities of RFC
 * 9218 §10): the lowest urgency number first; within it, incremental streams take turns packet by
 * packet, and the others go one after another in order of their ids. Where an urgency has both
 * kinds, all of its sequential streams together take one turn among the incremental ones.
 *
 * <p>Every operation takes constant time, or the logarithm of the number of sequential streams that
 * have data; only a change of priority looks through one queue.
 */
final class Scheduler {
  /** Urgencies, 0 to 7 (RFC 9218 §4.1). */
  static final int URGENCIES = 8;

  private static final class Level {
    final ArrayDeque<SendPart> incremental = new ArrayDeque<>();
    final PriorityQueue<SendPart> sequential =
        new PriorityQueue<>(Comparator.comparingLong(SendPart::id));

    /** How many incremental streams have had a turn while a sequential one waited. */
    int turns;

    boolean isSequentialsTurn() {
      return !sequential.isEmpty() && turns >= incremental.size();
    }
  }

  /** By urgency; null where no stream has had that urgency. Most connections use one or two. */
  private final Level[] levels = new Level[URGENCIES];

  private final SendCredit connectionCredit;

  /** A bit for each urgency that has streams in it. */
  private int occupied;

  /** Streams whose new data waits for MAX_DATA alone. */
  private final ArrayDeque<SendPart> parked = new ArrayDeque<>();

  Scheduler(SendCredit connectionCredit) {
    this.connectionCredit = connectionCredit;
  }

  /** A stream has, or may have, data to send; once is enough. */
  void add(SendPart part) {
    if (part.scheduled || !part.hasData()) {
      return;
    }
    part.scheduled = true;
    if (levels[part.urgency()] == null) {
      levels[part.urgency()] = new Level();
    }
    Level level = levels[part.urgency()];
    if (part.isIncremental()) {
      level.incremental.addLast(part);
    } else {
      level.sequential.add(part);
    }
    occupied |= 1 << part.urgency();
  }

  /** Takes a stream out, before its priority changes. */
  void remove(SendPart part) {
    if (part.scheduled) {
      part.scheduled = false;
      Level level = levels[part.urgency()];
      if (part.isIncremental()) {
        level.incremental.remove(part);
      } else {
        level.sequential.remove(part);
      }
    }
  }

  /**
   * The stream whose turn it is, null when none can send. Forgets streams on the way that have
   * nothing to send any more, and sets those aside that wait for connection credit.
   */
  SendPart next() {
    while (occupied != 0) {
      int urgency = Integer.numberOfTrailingZeros(occupied);
      Level level = levels[urgency];
      SendPart part =
          level.isSequentialsTurn() ? level.sequential.peek() : level.incremental.peekFirst();
      if (part == null) {
        occupied &= ~(1 << urgency);
      } else if (!part.hasData()) {
        drop(level, part);
      } else if (connectionCredit.available() == 0 && part.needsConnectionCredit()) {
        drop(level, part);
        park(part);
      } else {
        return part;
      }
    }
    return null;
  }

  /** The stream from {@link #next} has put data into the packet; its turn is over. */
  void onTurn(SendPart part) {
    Level level = levels[part.urgency()];
    if (part.isIncremental()) {
      if (!level.sequential.isEmpty()) {
        level.turns++;
      }
      rotate(level, part);
    } else {
      level.turns = 0;
      if (!part.hasData()) {
        drop(level, part);
      }
    }
  }

  /** The first stream goes to the end of the row, where it is not alone in it. */
  private static void rotate(Level level, SendPart part) {
    if (!part.hasData()) {
      drop(level, part);
    } else if (level.incremental.size() > 1) {
      level.incremental.addLast(level.incremental.pollFirst());
    }
  }

  /** A stream will send no more data; it need not wait for credit either. */
  void forget(SendPart part) {
    remove(part);
    if (part.parked) {
      part.parked = false;
      parked.remove(part);
    }
  }

  /** MAX_DATA has brought credit: the streams that waited for it can go on. */
  void onConnectionCredit() {
    for (SendPart part = parked.pollFirst(); part != null; part = parked.pollFirst()) {
      part.parked = false;
      add(part);
    }
  }

  /** How many streams stand in its queues. */
  int size() {
    int size = parked.size();
    for (Level level : levels) {
      size += level == null ? 0 : level.incremental.size() + level.sequential.size();
    }
    return size;
  }

  void clear() {
    occupied = 0;
    parked.clear();
    for (Level level : levels) {
      if (level != null) {
        level.incremental.clear();
        level.sequential.clear();
      }
    }
  }

  private void park(SendPart part) {
    connectionCredit.blocked();
    if (!part.parked) {
      part.parked = true;
      parked.addLast(part);
    }
  }

  private static void drop(Level level, SendPart part) {
    part.scheduled = false;
    if (part.isIncremental()) {
      level.incremental.pollFirst();
    } else {
      level.sequential.poll();
    }
  }
}
