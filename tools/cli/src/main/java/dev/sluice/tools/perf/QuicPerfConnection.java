package dev.sluice.tools.perf;

import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** {@link PerfProtocol} over raw QUIC. */
record QuicPerfConnection(QuicConnection connection) implements PerfConnection {

  @Override
  public void exchange(Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    QuicStream stream = connection.openBidirectional();
    if (wanted > PerfProtocol.CHUNK && source != Source.NOTHING) {
      CompletableFuture<Void> sent = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              send(stream, source, wanted);
              sent.complete(null);
            } catch (IOException e) {
              sent.completeExceptionally(e);
            }
          });
      receive(stream, sink);
      join(sent);
    } else {
      send(stream, source, wanted);
      receive(stream, sink);
    }
  }

  private static void send(QuicStream stream, Source source, long wanted) throws IOException {
    byte[] filling = PerfProtocol.filling();
    int next = source.next();
    // One write, so that a small request is one packet.
    byte[] head = new byte[Long.BYTES + next];
    ByteBuffer.wrap(head).putLong(wanted).put(filling, 0, next);
    OutputStream out = stream.outputStream();
    out.write(head);
    while (next > 0) {
      next = source.next();
      if (next > 0) {
        out.write(filling, 0, next);
      }
    }
    out.close();
  }

  private static void receive(QuicStream stream, Sink sink) throws IOException {
    InputStream in = stream.inputStream();
    // Small answers stay small; whoever sends more gets more room.
    byte[] chunk = new byte[1024];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      if (!sink.received(read)) {
        stream.stopSending(0);
        return;
      }
      if (read == chunk.length && read < PerfProtocol.CHUNK) {
        chunk = new byte[PerfProtocol.CHUNK];
      }
    }
  }

  private static void join(CompletableFuture<Void> sent) throws IOException, InterruptedException {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
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
    long which = collect ? PerfProtocol.USAGE_AFTER_COLLECTION : PerfProtocol.USAGE;
    stream.outputStream().write(ByteBuffer.allocate(Long.BYTES).putLong(which).array());
    stream.finish();
    return Usage.decode(stream.inputStream().readNBytes(Usage.ENCODED));
  }

  @Override
  public void close() {
    connection.close();
  }
}
