package dev.sluice.quic.datagram;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.trace.Footprint;

/** DATAGRAM frames on their way to the application. */
public final class InboundDatagrams {
  /** How long they wait is nobody's concern here. */
  private static final long AGELESS = 0;

  private final DatagramConfig config;
  private final DatagramQueue queue;

  /** An empty queue. */
  public InboundDatagrams(DatagramConfig config) {
    this.config = config;
    this.queue = config.queue();
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
    queue.add(frame.data().toArray(), AGELESS);
  }

  /** Whether one waits. */
  public boolean isPending() {
    return queue.size() > 0;
  }

  /** The oldest datagram, or null when there is none. */
  public byte[] poll() {
    return queue.poll(AGELESS);
  }

  /** What waits for the application. */
  public void measure(Footprint out) {
    out.holds("datagrams to be taken", queue.size(), config.receiveQueue());
    out.holds("bytes of datagrams to be taken", queue.bytes(), config.receiveQueueBytes());
  }

  /** How many came. */
  public long received() {
    return queue.received();
  }

  /** How many of those were dropped for newer ones. */
  public long dropped() {
    return queue.dropped();
  }
}
