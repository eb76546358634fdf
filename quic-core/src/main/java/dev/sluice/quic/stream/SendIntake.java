package dev.sluice.quic.stream;

/**
 * How much a stream takes from the application, and when it says that there is room again after it
 * took less than it was offered.
 */
final class SendIntake {
  /** Room in the buffer is worth an event once it is this part of the whole. */
  private static final int WRITABLE_FRACTION = 4;

  private final SendBuffer buffer;
  private final StreamConfig config;

  /** Fewer bytes were taken than were offered, and nobody was told of room since. */
  private boolean cutShort;

  SendIntake(SendBuffer buffer, StreamConfig config) {
    this.buffer = buffer;
    this.config = config;
  }

  /** Bytes that it would take at once. */
  int room() {
    long notSent = config.sendBuffer() - buffer.unsent();
    long inAll = config.maxSendBuffer() - buffer.buffered();
    return (int) Math.max(0, Math.min(notSent, inAll));
  }

  /** Copies bytes in, as many as there is room for; how many that were. */
  int write(byte[] source, int offset, int length) {
    int taken = Math.min(length, room());
    if (taken > 0) {
      buffer.write(source, offset, taken);
    }
    cutShort = taken < length;
    return taken;
  }

  /** Takes bytes over, on the contract of {@link SendStream#adopt}. */
  int adopt(byte[] array, int offset, int length, ReturnedChunks home) {
    int taken = Math.min(length, room());
    if (taken > 0) {
      buffer.adopt(array, offset, taken, taken == length ? home : null);
    }
    cutShort = taken < length;
    return taken;
  }

  /** Nothing more will be offered. */
  void end() {
    cutShort = false;
  }

  /** Whether somebody is to be told of room; once. */
  boolean hasRoomAgain() {
    int whole = Math.min(config.sendBuffer(), config.maxSendBuffer());
    boolean tell = cutShort && room() >= whole / WRITABLE_FRACTION;
    cutShort &= !tell;
    return tell;
  }
}
