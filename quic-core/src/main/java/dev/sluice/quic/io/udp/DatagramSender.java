package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What leaves by one socket, one system call a datagram. A small batch leaves on the loop's thread,
 * where it was made; a whole one is handed to the {@link SendingThread}, so that the loop makes the
 * next while the system is at this one. Datagrams leave in the order in which they were brought:
 * whatever follows a batch that is on its way takes that way too. Used on the loop's thread, where
 * it says no other.
 */
final class DatagramSender {

  /**
   * Datagrams that are worth another thread: what waits behind them are as many again. A request
   * and its answer, or a flight that has to keep to a small window, are not.
   */
  static final int WHOLE = 64;

  /** The system, as far as datagrams go out. */
  interface Output {

    /** Sends what remains in the buffer; where its buffer is full, it takes nothing of it. */
    void write(ByteBuffer datagram, InetSocketAddress to) throws IOException;

    /** Sets the ECN bits of all that is written from now on. */
    void mark(int ecn);

    void close();
  }

  /** Hears of datagrams that the system did not take at the first call. */
  @FunctionalInterface
  interface Refusals {

    /**
     * @param why a {@link PortUnreachableException} where that was said of an earlier one, which
     *     does not keep this one from leaving
     */
    void onRefused(DatagramBatch batch, int index, IOException why);
  }

  private final Output output;
  private final ByteBuffer transfer;
  private final SendingThread thread;
  private final Refusals refusals;
  private final Runnable progress;

  /** What was handed over and is not out yet, in order. */
  private final Deque<Flight> flights = new ArrayDeque<>();

  /** How many of them the thread has, or is to have. */
  private int away;

  /**
   * Whether a flight met a full buffer, so that none may pass it. Written by the thread that sends;
   * the loop's while nothing is away.
   */
  private boolean stuck;

  private int marked;
  private boolean closed;

  /**
   * @param transfer on the way between arrays and the system, for what leaves on the loop's thread
   * @param progress told when a flight came back
   */
  DatagramSender(
      Output output,
      ByteBuffer transfer,
      SendingThread thread,
      Refusals refusals,
      Runnable progress) {
    this.output = output;
    this.transfer = transfer;
    this.thread = thread;
    this.refusals = refusals;
    this.progress = progress;
  }

  /**
   * Sends or hands over what begins with datagram {@code from}.
   *
   * @return the number of the first for which there is no room: in the system's buffer if {@link
   *     #isStuck}, else among what is on its way; the batch's count when there was for all
   */
  int send(DatagramBatch batch, int from) {
    boolean idle = flights.isEmpty();
    if (idle && batch.count() - from < WHOLE) {
      return sendHere(batch, from);
    }
    Flight flight = isStuck() ? null : thread.take();
    if (flight == null) {
      return idle ? sendHere(batch, from) : from;
    }
    flight.load(this, batch, from);
    flights.add(flight);
    dispatch(flight);
    return batch.count();
  }

  private void dispatch(Flight flight) {
    away++;
    thread.send(flight);
  }

  private int sendHere(DatagramBatch batch, int from) {
    int reached = sendEach(batch, from, transfer, refusals);
    stuck = reached < batch.count();
    return reached;
  }

  /** Whether the system's buffer was full, and nothing is away that would tell of room. */
  boolean isStuck() {
    return away == 0 && stuck;
  }

  /** Whether nothing is on its way. */
  boolean isDrained() {
    return flights.isEmpty();
  }

  /** The system's buffer has room again. */
  void unstick() {
    if (isStuck()) {
      stuck = false;
      flights.forEach(this::dispatch);
    }
  }

  /** What the thread was given is back, sent or not; always the oldest of those that are away. */
  void onBack(Flight flight) {
    away--;
    if (!closed) {
      flight.report(refusals);
    }
    if (closed || flight.isOver()) {
      flights.remove(flight);
      thread.give(flight);
    }
    if (!closed) {
      progress.run();
    }
  }

  /** Closes the output after what is on its way, unless the system has no room for that. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (flights.size() > away) { // those in front are back, and met a full buffer
      thread.give(flights.poll());
    }
    if (away > 0) {
      thread.afterwards(output::close);
    } else {
      output.close();
    }
  }

  // ---- the loop's thread, or the one that sends ----

  /** As {@link #sendEach}, of a flight: nothing passes one that met a full buffer. */
  int sendAway(DatagramBatch batch, int from, ByteBuffer by, Refusals heard) {
    if (stuck) {
      return from;
    }
    int reached = sendEach(batch, from, by, heard);
    stuck = reached < batch.count();
    return reached;
  }

  /** Returns the number of the first for which the system has no room. */
  private int sendEach(DatagramBatch batch, int from, ByteBuffer by, Refusals heard) {
    for (int i = from; i < batch.count(); i++) {
      by.clear();
      by.put(batch.buffer(), batch.offset(i), batch.length(i));
      by.flip();
      mark(batch.ecn(i));
      if (!sendOne(batch, i, by, heard)) {
        return i;
      }
    }
    return batch.count();
  }

  /** The mark is the socket's: a path is either marked or not, so that it seldom changes. */
  private void mark(int ecn) {
    if (ecn != marked) {
      marked = ecn;
      output.mark(ecn);
    }
  }

  /** False when the system's buffer is full. */
  private boolean sendOne(DatagramBatch batch, int index, ByteBuffer by, Refusals heard) {
    InetSocketAddress to = batch.remote(index);
    try {
      output.write(by, to);
      return !by.hasRemaining();
    } catch (PortUnreachableException e) {
      heard.onRefused(batch, index, e);
    } catch (IOException e) {
      // The second time will tell.
    }
    // An ICMP message about an earlier datagram is told in place of sending this one, and once.
    try {
      output.write(by, to);
      return !by.hasRemaining();
    } catch (IOException e) {
      heard.onRefused(batch, index, e);
      return true;
    }
  }
}
