package dev.sluice.interop.runner;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.util.List;
import java.util.stream.Stream;

/**
 * A packet of a capture, opened.
 *
 * @param in the datagram that carried it
 * @param version of a long header; 0 for a short one
 * @param token of an Initial or a Retry, else empty
 * @param number -1 for a packet without one, or one that could not be opened
 * @param keyPhase 0 or 1
 * @param frames all but STREAM; null for a packet that could not be opened
 * @param streamBytes how much STREAM frames carried
 */
record Packet(
    Capture.Seen in,
    PacketType type,
    int version,
    ConnectionId destination,
    ConnectionId source,
    Bytes token,
    long number,
    int keyPhase,
    List<Frame> frames,
    long streamBytes) {

  boolean toServer() {
    return in.toServer();
  }

  boolean isOpen() {
    return frames != null;
  }

  /** Its frames of one kind. */
  <F extends Frame> Stream<F> all(Class<F> kind) {
    return isOpen() ? frames.stream().filter(kind::isInstance).map(kind::cast) : Stream.empty();
  }

  boolean has(Class<? extends Frame> kind) {
    return all(kind).findAny().isPresent();
  }
}
