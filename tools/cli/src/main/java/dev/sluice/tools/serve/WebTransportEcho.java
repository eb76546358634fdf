package dev.sluice.tools.serve;

import dev.sluice.http3.session.SessionStreamEndedException;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import java.io.IOException;
import java.io.OutputStream;

/**
 * {@code serve --webtransport}: sends back what comes, bidirectional streams on themselves,
 * unidirectional ones each on one of our own, datagrams as datagrams. A stream that is cut short
 * cuts its echo short, with the same code.
 */
public final class WebTransportEcho implements WebTransportHandler {
  /** For what is cut short without a code of the peer's application. */
  private static final long NO_CODE = 0;

  @Override
  public void handle(WebTransport session) throws IOException {
    Thread.startVirtualThread(() -> unidirectional(session));
    Thread.startVirtualThread(() -> datagrams(session));
    while (true) {
      WebTransportStream stream = session.acceptBidirectional();
      Thread.startVirtualThread(() -> echo(stream, stream));
    }
  }

  private static void unidirectional(WebTransport session) {
    try {
      while (true) {
        WebTransportStream from = session.acceptUnidirectional();
        WebTransportStream to = session.openUnidirectional();
        Thread.startVirtualThread(() -> echo(from, to));
      }
    } catch (IOException e) {
      // The session has ended, which handle() hears of as well.
    }
  }

  private static void datagrams(WebTransport session) {
    try {
      while (true) {
        session.sendDatagram(session.receiveDatagram());
      }
    } catch (IOException e) {
      // As above.
    }
  }

  private static void echo(WebTransportStream from, WebTransportStream to) {
    try {
      OutputStream out = to.outputStream();
      from.inputStream().transferTo(out);
      out.close(); // only now: closing on the way out of a failure would finish the stream
    } catch (IOException e) {
      long code = code(e);
      from.stopReading(code);
      to.reset(code);
    }
  }

  private static long code(IOException cut) {
    return cut instanceof SessionStreamEndedException ended
        ? switch (ended.ending()) {
          case SessionStreamEnding.Reset(long code) -> code;
          case SessionStreamEnding.Stopped(long code) -> code;
          default -> NO_CODE;
        }
        : NO_CODE;
  }
}
