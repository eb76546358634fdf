package dev.sluice.tools.perf;

import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.session.WebTransportStream;
import java.io.IOException;

/** The server's side of {@link PerfProtocol} over WebTransport. */
final class PerfSession implements WebTransportHandler {
  /** For streams that neither side can make sense of. */
  private static final long NO_CODE = 0;

  @Override
  public void handle(WebTransport session) throws IOException {
    Thread.startVirtualThread(() -> returnDatagrams(session));
    while (true) {
      WebTransportStream stream = session.acceptBidirectional();
      Thread.startVirtualThread(() -> answer(stream));
    }
  }

  private static void answer(WebTransportStream stream) {
    try {
      StreamExchange.serve(stream.inputStream(), stream.outputStream());
    } catch (IOException e) {
      stream.reset(NO_CODE); // the client has enough, or is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void returnDatagrams(WebTransport session) {
    try {
      while (true) {
        session.sendDatagramAsync(session.receiveDatagram());
      }
    } catch (IOException e) {
      // The session has ended, which handle() hears of as well.
    }
  }
}
