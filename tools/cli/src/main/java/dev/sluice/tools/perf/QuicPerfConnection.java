package dev.sluice.tools.perf;

import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;

/** {@link PerfProtocol} over raw QUIC. */
record QuicPerfConnection(QuicConnection connection) implements PerfConnection {

  @Override
  public void exchange(Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    QuicStream stream = connection.openBidirectional();
    if (!StreamExchange.ask(stream.inputStream(), stream.outputStream(), source, wanted, sink)) {
      stream.stopSending(0);
    }
  }

  @Override
  public boolean sendDatagram(byte[] data) {
    return connection.sendDatagram(data);
  }

  @Override
  public byte[] receiveDatagram() throws IOException {
    return connection.receiveDatagram();
  }

  @Override
  public Usage usage(boolean collect) throws IOException {
    QuicStream stream = connection.openBidirectional();
    return StreamExchange.askUsage(stream.inputStream(), stream.outputStream(), collect);
  }

  @Override
  public void close() {
    connection.close();
  }
}
