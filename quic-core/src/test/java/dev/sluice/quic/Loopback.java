package dev.sluice.quic;

import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32C;

/** Clients, servers and data for tests over real sockets. */
final class Loopback {
  static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS
          .withMaxDatagramSize(1452)
          .withIdleTimeout(Duration.ofSeconds(60))
          .withHandshakeTimeout(Duration.ofSeconds(60));

  private Loopback() {}

  static QuicServerBuilder server() {
    return QuicServer.builder()
        .identity(TestPeers.IDENTITY)
        .applicationProtocols("test")
        .transport(TRANSPORT)
        .tls(tls -> tls.clock(TestPeers.CLOCK));
  }

  static QuicClientBuilder client(QuicServer server) {
    return QuicClient.builder()
        .remote(server.localAddress())
        .serverName("localhost")
        .applicationProtocols("test")
        .certificateVerifier(PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
        .transport(TRANSPORT)
        .tls(tls -> tls.clock(TestPeers.CLOCK));
  }

  /** Keeps a loop from doing anything until the latch is counted down. */
  static CountDownLatch hold(EventLoop loop) {
    CountDownLatch go = new CountDownLatch(1);
    loop.execute(
        () -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return go;
  }

  /** Sends back what comes on every stream; on a stream of its own for unidirectional ones. */
  static void echo(QuicConnection connection) throws IOException {
    while (true) {
      QuicStream stream = connection.acceptStream();
      Thread.startVirtualThread(() -> echo(connection, stream));
    }
  }

  private static void echo(QuicConnection connection, QuicStream stream) {
    try {
      QuicStream back = stream.isWritable() ? stream : connection.openUnidirectional();
      try (InputStream in = stream.inputStream();
          OutputStream out = back.outputStream()) {
        in.transferTo(out);
      }
    } catch (IOException e) {
      // The other side sees what it provoked.
    }
  }

  /** Writes so many bytes that follow from the seed, then finishes. Returns their checksum. */
  static long send(QuicStream stream, long size, long seed) {
    CRC32C sum = new CRC32C();
    Random random = new Random(seed);
    byte[] bytes = new byte[64 * 1024];
    random.nextBytes(bytes);
    try (OutputStream out = stream.outputStream()) {
      for (long left = size; left > 0; ) {
        int offset = random.nextInt(bytes.length);
        int n = (int) Math.min(left, bytes.length - offset);
        out.write(bytes, offset, n);
        sum.update(bytes, offset, n);
        left -= n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sum.getValue();
  }

  /** What a reader got. */
  record Received(long size, long sum) {}

  /** Reads to the end of the stream. */
  static Received receive(InputStream in) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] bytes = new byte[50_000];
    long size = 0;
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      sum.update(bytes, 0, n);
      size += n;
    }
    return new Received(size, sum.getValue());
  }
}
