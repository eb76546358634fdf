package dev.sluice.http3.connection;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** What one side says in one exchange behind the head, and what became of it. */
final class SaidMessage {
  /** What comes behind the last byte of content. */
  enum Fate {
    FINISH,
    TRAILERS,
    RESET,
    LEAVE
  }

  /** A field that the encoder puts into the dynamic table at once, so that sections may wait. */
  static final String MARK = "server";

  final RequestStream stream;
  private final boolean byClient;
  private final Fate fate;

  /** Whether a Content-Length stands in the head. */
  final boolean declared;

  /** Bytes of content still to write, and those that were taken. */
  int left;

  int written;
  boolean finished;
  boolean trailers;

  /** Codes with which it may have been broken off. */
  final Set<Long> codes = new HashSet<>();

  SaidMessage(RequestStream stream, boolean byClient, Plan plan) {
    this.stream = stream;
    this.byClient = byClient;
    this.left = plan.length;
    this.fate = plan.fate;
    this.declared = plan.declared;
  }

  /** What is going to be said. */
  record Plan(int length, boolean declared, Fate fate) {
    static Plan any(SplittableRandom random, boolean patient) {
      Fate[] fates = Fate.values();
      int length = random.nextInt(random.nextInt(4) == 0 ? 40_000 : 2_000);
      return new Plan(
          random.nextInt(4) == 0 ? 0 : length,
          random.nextBoolean(),
          fates[random.nextInt(patient ? 2 : fates.length)]);
    }

    /** The fields of the head: which message it is, and how long, if it says so. */
    Fields fields(long id) {
      Fields.Builder fields = Fields.builder().add(MARK, "m" + id);
      return (declared ? fields.add("content-length", "" + length) : fields).build();
    }
  }

  /** The byte at a place of a message's content, the same whoever asks. */
  static byte at(long id, boolean byClient, int offset) {
    return (byte) (id * 31 + offset * 7 + (offset >> 8) * 13 + (byClient ? 1 : 0));
  }

  /** Writes as far as there is room, and then does what comes behind. */
  void write() {
    if (finished || stream.isCut()) {
      return;
    }
    if (left > 0) {
      byte[] bytes = new byte[left];
      for (int i = 0; i < left; i++) {
        bytes[i] = at(stream.id(), byClient, written + i);
      }
      int taken = stream.writeData(bytes, 0, left);
      written += taken;
      left -= taken;
    }
    if (left == 0) {
      end();
    }
  }

  private void end() {
    switch (fate) {
      case FINISH -> {
        stream.finish();
        finished = true;
      }
      case TRAILERS -> {
        stream.sendTrailers(Fields.of(MARK, "m" + stream.id()));
        finished = true;
        trailers = true;
      }
      case RESET -> reset(Http3Error.H3_INTERNAL_ERROR);
      case LEAVE -> {}
    }
  }

  void reset(Http3Error error) {
    codes.add(error.code());
    stream.reset(error);
  }

  @Override
  public String toString() {
    return "message %d of the %s: %d written, %d left, %s, finished %s, codes %s"
        .formatted(
            stream.id(), byClient ? "client" : "server", written, left, fate, finished, codes);
  }
}
