package dev.sluice.quic.io;

import java.io.IOException;
import java.util.function.Supplier;

/** Content of a connection that has ended, as it waits for whoever reads it. */
public interface HeldContent {
  /** Bytes that were ever taken out of it; grows as long as somebody reads. Any thread. */
  long consumed();

  /** Whether nothing is left that could be dropped. Any thread. */
  boolean isOver();

  /**
   * Loop: lets go of what is left, unless somebody is just reading it.
   *
   * @param why what the reader is told then, in place of the end that was to come
   */
  void drop(Supplier<? extends IOException> why);
}
