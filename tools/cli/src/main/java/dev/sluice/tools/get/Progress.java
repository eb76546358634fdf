package dev.sluice.tools.get;

import dev.sluice.tools.Terminal;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;

/** The bar for what is received, drawn from the first byte on if at all. */
final class Progress implements AutoCloseable {
  private static final int MAX_NAME = 24;

  private final PrintStream stderr;
  private final String name;
  private final boolean shown;
  private ProgressBar bar;

  /**
   * @param shown whether there is anyone to see it
   */
  Progress(PrintStream stderr, String name, boolean shown) {
    this.stderr = stderr;
    this.name = name.length() > MAX_NAME ? name.substring(name.length() - MAX_NAME) : name;
    this.shown = shown;
  }

  /** A response begins, with this many bytes or -1. */
  synchronized void expect(long bytes) {
    if (shown && bar == null) {
      bar = Terminal.progressBar(stderr, name, bytes);
    }
  }

  /** Bytes arrived. */
  synchronized void received(long bytes) {
    if (bar != null) {
      bar.stepBy(bytes);
    }
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
