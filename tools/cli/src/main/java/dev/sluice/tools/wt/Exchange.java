package dev.sluice.tools.wt;

import dev.sluice.http3.session.WebTransport;
import dev.sluice.tools.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A way to send what is read, and write what comes, over an open session. */
interface Exchange {
  /**
   * Returns when all is over.
   *
   * @throws CommandException when the input cannot be read or the output not be written
   * @throws IOException when the session or a stream is cut short
   */
  void run(WebTransport session, InputStream in, OutputStream out)
      throws CommandException, IOException, InterruptedException;
}
