package dev.sluice.tools;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command reads and writes.
 *
 * @param in standard input
 * @param out for data alone; what goes wrong with it is reported
 * @param err for everything that people are told
 */
public record StandardStreams(InputStream in, OutputStream out, PrintStream err) {

  /** Those of this process. System.out would hide a full disk. */
  public static StandardStreams ofProcess() {
    return new StandardStreams(System.in, new FileOutputStream(FileDescriptor.out), System.err);
  }

  /** For lines on standard output; {@link #requireWritten} tells whether they got there. */
  public PrintStream printer() {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  /**
   * Makes sure of what was printed until now.
   *
   * @throws CommandException some of it was not written
   */
  public static void requireWritten(PrintStream printer) throws CommandException {
    if (printer.checkError()) {
      throw new CommandException(ExitCode.WRITE_ERROR, "cannot write to standard output");
    }
  }
}
