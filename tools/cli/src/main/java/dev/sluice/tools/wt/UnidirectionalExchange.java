package dev.sluice.tools.wt;

import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.tools.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/**
 * One unidirectional stream out, and all that the server opens in, each printed to its end before
 * the next.
 *
 * @param quiet how long to wait for another stream once everything was sent
 */
record UnidirectionalExchange(Duration quiet) implements Exchange {
  @Override
  public void run(WebTransport session, InputStream in, OutputStream out)
      throws CommandException, IOException, InterruptedException {
    WebTransportStream stream = session.openUnidirectional();
    Sending sending =
        Sending.start(() -> LocalStreams.send(in, stream), () -> LocalStreams.cutShort(stream));
    new Arrivals<>(
            session::acceptUnidirectionalAsync,
            next -> LocalStreams.receive(next.inputStream(), out))
        .takeUntilQuiet(sending, quiet);
  }
}
