package dev.sluice.tools;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

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
}
