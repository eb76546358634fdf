package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch on its way through the {@link SendingThread}, and what became of it. The loop's until it
 * is handed over, and again when it is back.
 */
final class Flight {

  /**
   * A datagram that the system did not take at once.
   *
   * @param index its number in the batch
   */
  private record Refused(int index, IOException reason) {}

  private final List<Refused> refused = new ArrayList<>();
  private DatagramBatch batch = new DatagramBatch(1, 1);
  private DatagramSender sender;
  private int next;

  /**
   * Takes a copy, since the loop goes on with its batch.
   *
   * @param from the number of the first datagram that is to leave
   */
  void load(DatagramSender from, DatagramBatch content, int first) {
    sender = from;
    if (batch.capacity() < content.capacity() || batch.slotSize() < content.slotSize()) {
      batch = new DatagramBatch(content.capacity(), content.slotSize());
    }
    batch.append(content, first, content.count());
    next = 0;
  }

  void unload() {
    batch.clear();
    refused.clear();
    sender = null;
  }

  DatagramSender sender() {
    return sender;
  }

  /** Whether the system has taken, or refused, all of it. */
  boolean isOver() {
    return next == batch.count();
  }

  /** On the sending thread. */
  void send(ByteBuffer transfer) {
    next =
        sender.sendAway(
            batch, next, transfer, (in, index, why) -> refused.add(new Refused(index, why)));
  }

  /** Tells what was refused, once. */
  void report(DatagramSender.Refusals refusals) {
    for (Refused one : refused) {
      refusals.onRefused(batch, one.index, one.reason);
    }
    refused.clear();
  }
}
