package dev.sluice.tools;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Whether people watch, as far as the launcher could tell, and the progress bar if they do. */
public final class Terminal {
  private static final long MEBIBYTE = 1 << 20;
  private static final int UPDATE_MILLIS = 100;
  private static final int WIDTH = 80;

  private Terminal() {}

  /** Whether standard output is a terminal. */
  public static boolean onStandardOutput() {
    return Boolean.getBoolean("sluice.terminal.stdout");
  }

  /** Whether standard error is a terminal. */
  public static boolean onStandardError() {
    return Boolean.getBoolean("sluice.terminal.stderr");
  }

  /**
   * A bar for bytes on standard error.
   *
   * @param total bytes to expect; negative when unknown
   */
  public static ProgressBar progressBar(PrintStream stderr, String name, long total) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(total)
        .setUnit(" MiB", MEBIBYTE)
        .showSpeed()
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(stderr, WIDTH))
        .build();
  }
}
