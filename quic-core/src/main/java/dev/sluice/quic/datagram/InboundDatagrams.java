package dev.sluice.quic.datagram;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.trace.Footprint;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Datagrams that wait for the application. Nothing holds the peer back (RFC 9221 §5.3), so when the
 * application does not keep up, the oldest are dropped.
 */
public final class InboundDatagrams {
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private final DatagramConfig config;
  private int bytes;
  private long received;
  private long dropped;

  /** An empty queue. */
  public InboundDatagrams(DatagramConfig config) {
    this.config = config;
  }

  /**
   * Takes a frame; its data is copied.
   *
   * @throws TransportException PROTOCOL_VIOLATION when it is larger than what was allowed (§3)
   */
  public void onFrame(DatagramFrame frame) {
    if (frame.encodedLength() > config.maxFrameSize()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          frame.type(),
          FrameTypes.name(frame.type())
              + (config.maxFrameSize() == 0
                  ? ": no datagram was asked for"
                  : ": " + frame.encodedLength() + " bytes, beyond " + config.maxFrameSize()));
    }
    received++;
    byte[] data = frame.data().toArray();
    queue.addLast(data);
    bytes += data.length;
    while (queue.size() > config.receiveQueue() || bytes > config.receiveQueueBytes()) {
      poll();
      dropped++;
    }
  }

  /** Whether one waits. */
  public boolean isPending() {
    return !queue.isEmpty();
  }

  /** The oldest datagram, or null when there is none. */
  public byte[] poll() {
    byte[] data = queue.pollFirst();
    if (data != null) {
      bytes -= data.length;
    }
    return data;
  }

  /** What waits for the application. */
  public void measure(Footprint out) {
    out.holds("datagrams to be taken", queue.size(), config.receiveQueue());
    out.holds("bytes of datagrams to be taken", bytes, config.receiveQueueBytes());
  }

  /** How many came. */
  public long received() {
    return received;
  }

  /** How many of those were dropped for newer ones. */
  public long dropped() {
    return dropped;
  }
}
