package dev.sluice.tools.wt;

import dev.sluice.http3.session.WebTransport;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * A datagram for each line of the input, and a line for each datagram that comes.
 *
 * @param quiet how long to wait for another datagram once everything was sent
 */
record DatagramExchange(Duration quiet) implements Exchange {
  /** Longer than any datagram: no need to read a line further than that. */
  private static final int LONGEST_LINE = 1 << 16;

  @Override
  public void run(WebTransport session, InputStream in, OutputStream out)
      throws CommandException, IOException, InterruptedException {
    Sending sending = Sending.start(() -> send(new BufferedInputStream(in), session));
    new Arrivals<>(session::receiveDatagramAsync, datagram -> print(datagram, out))
        .takeUntilQuiet(sending, quiet);
  }

  private static void send(InputStream in, WebTransport session)
      throws CommandException, IOException {
    for (byte[] line = line(in); line != null; line = line(in)) {
      if (!session.sendDatagram(line) && session.ending() == null) {
        int most = session.maxDatagramLength();
        throw new CommandException(
            ExitCode.SEND_ERROR,
            most < 0
                ? "the server takes no datagrams"
                : "a line of %s bytes is too long for a datagram, which holds %d"
                    .formatted(line.length < LONGEST_LINE ? line.length : "many", most));
      }
    }
  }

  private static void print(byte[] datagram, OutputStream out) throws CommandException {
    byte[] line = Arrays.copyOf(datagram, datagram.length + 1);
    line[datagram.length] = '\n';
    LocalStreams.write(out, line, line.length);
  }

  /** The next line without its end; null at the end of the input. */
  private static byte[] line(InputStream in) throws CommandException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] one = new byte[1];
    while (line.size() < LONGEST_LINE) {
      if (LocalStreams.read(in, one) < 0) {
        return line.size() == 0 ? null : line.toByteArray();
      }
      if (one[0] == '\n') {
        break;
      }
      line.write(one[0]);
    }
    return line.toByteArray();
  }
}
