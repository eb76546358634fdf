package dev.sluice.http3.webtransport;

/** What one side says on one stream, and what became of it. */
final class Said {
  final SessionStream stream;
  final boolean byClient;
  private int left;
  private final Fate fate;

  /** What comes behind the last byte. */
  enum Fate {
    FINISH,
    RESET,
    LEAVE
  }

  /** Bytes that were taken. */
  int written;

  boolean finished;

  /** -1 where it was not reset. */
  long resetCode = -1;

  /** Whether the peer had all of it while the session was open here. */
  boolean acknowledgedInTime;

  Said(SessionStream stream, boolean byClient, int length, Fate fate) {
    this.stream = stream;
    this.byClient = byClient;
    this.left = length;
    this.fate = fate;
  }

  /** The byte at a place of a stream, the same whoever asks. */
  static byte at(long id, boolean byClient, int offset) {
    return (byte) (id * 31 + offset * 7 + (offset >> 8) * 13 + (byClient ? 1 : 0));
  }

  /** Writes as far as there is room, and then does what comes behind. */
  void write() {
    if (finished || resetCode >= 0) {
      return;
    }
    byte[] bytes = new byte[left];
    for (int i = 0; i < left; i++) {
      bytes[i] = at(stream.id(), byClient, written + i);
    }
    int taken = stream.sending().write(bytes, 0, left);
    written += taken;
    left -= taken;
    if (left == 0 && fate == Fate.FINISH) {
      stream.sending().finish();
      finished = true;
    } else if (left == 0 && fate == Fate.RESET) {
      reset(77);
    }
  }

  void reset(long code) {
    if (stream.sending().ending() == null) {
      stream.sending().reset(code);
      resetCode = code;
    }
  }

  boolean isFinishedWhole() {
    return stream.sending().ending() instanceof SessionStreamEnding.Finished;
  }

  @Override
  public String toString() {
    return "stream %d of the %s: %d written, %d left, finished %s, reset %d, %s"
        .formatted(
            stream.id(),
            byClient ? "client" : "server",
            written,
            left,
            finished,
            resetCode,
            stream.sending().ending());
  }
}
