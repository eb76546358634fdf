package dev.sluice.tools.perf;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import java.io.IOException;

/**
 * {@link PerfProtocol} over the streams and datagrams of a WebTransport session.
 *
 * @param client whose only connection carries it
 */
record SessionPerfConnection(Http3Client client, WebTransport session) implements PerfConnection {
  /** For a server that may stop sending. */
  private static final long NO_CODE = 0;

  @Override
  public void exchange(Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    WebTransportStream stream = session.openBidirectional();
    if (!StreamExchange.ask(stream.inputStream(), stream.outputStream(), source, wanted, sink)) {
      stream.stopReading(NO_CODE);
    }
  }

  @Override
  public boolean sendDatagram(byte[] data) throws IOException {
    return session.sendDatagram(data);
  }

  @Override
  public byte[] receiveDatagram() throws IOException {
    return session.receiveDatagram();
  }

  @Override
  public Usage usage(boolean collect) throws IOException {
    WebTransportStream stream = session.openBidirectional();
    return StreamExchange.askUsage(stream.inputStream(), stream.outputStream(), collect);
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
