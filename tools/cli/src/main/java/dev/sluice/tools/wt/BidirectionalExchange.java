package dev.sluice.tools.wt;

import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.tools.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** One bidirectional stream, until both of its directions have ended. */
final class BidirectionalExchange implements Exchange {
  @Override
  public void run(WebTransport session, InputStream in, OutputStream out)
      throws CommandException, IOException, InterruptedException {
    WebTransportStream stream = session.openBidirectional();
    Sending sending =
        Sending.start(() -> LocalStreams.send(in, stream), () -> LocalStreams.cutShort(stream));
    try {
      LocalStreams.receive(stream.inputStream(), out);
    } catch (IOException e) {
      sending.throwOwnFailure(); // perhaps that is why the server has cut its side short
      throw e;
    }
    Sending.await(sending.done());
  }
}
