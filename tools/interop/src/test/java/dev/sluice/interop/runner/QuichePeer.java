package dev.sluice.interop.runner;

import dev.sluice.interop.Quiche;
import io.netty.handler.codec.quic.QuicChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Cloudflare's quiche with BoringSSL, under Netty, within this process. */
final class QuichePeer implements Peer {
  /** Requests; four times as many streams is what a server lets a client have at first. */
  private static final int AT_ONCE = 25;

  private static final long PAUSE_NANOS = 200_000_000;

  @Override
  public String name() {
    return "quiche";
  }

  @Override
  public Optional<String> cannotServe(Case which) {
    return switch (which) {
      case ZERORTT -> Optional.of("Netty hands requests out after the handshake only");
      case REBIND_PORT, REBIND_ADDR ->
          Optional.of("under Netty it does not follow a client to another address");
      default -> cannotAtAll(which);
    };
  }

  @Override
  public Optional<String> cannotFetch(Case which) {
    return switch (which) {
      case CHACHA20 -> Optional.of("Netty has no setting for TLS 1.3's cipher suites");
      case RESUMPTION, ZERORTT -> Optional.of("its sessions are not kept from client to client");
      case KEYUPDATE -> Optional.of("never updates keys by itself");
      default -> cannotAtAll(which);
    };
  }

  private static Optional<String> cannotAtAll(Case which) {
    return switch (which) {
      case ECN -> Optional.of("Netty's sockets know nothing of ECN");
      case V2 -> Optional.of("speaks version 1 only");
      case CONNECTIONMIGRATION -> Optional.of("has no preferred address, and follows none");
      default -> Optional.empty();
    };
  }

  @Override
  public Running serve(ServerTask task) throws IOException {
    try {
      Quiche server =
          Quiche.server(
              task.address(),
              Certificates.read(task.certs()),
              task.of() == Case.RETRY,
              path -> Files.readAllBytes(task.www().resolve(path.substring(1))));
      return new Running() {
        @Override
        public String output() {
          return "";
        }

        @Override
        public void close() {
          server.close();
        }
      };
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public Exit fetch(ClientTask task) throws IOException {
    List<String> names = task.names();
    try {
      if (task.of() == Case.HANDSHAKELOSS || task.of() == Case.HANDSHAKECORRUPTION) {
        for (String name : names) {
          onOneConnection(task, List.of(name));
        }
      } else {
        onOneConnection(task, names);
      }
      return new Exit(0, "");
    } catch (Exception e) {
      return new Exit(1, e.toString());
    }
  }

  private static void onOneConnection(ClientTask task, List<String> names) throws Exception {
    long limit = task.of().limit().toSeconds();
    try (Quiche client =
        Quiche.client(
            Certificates.read(task.certs()), task.server().getAddress(), task.of().host())) {
      QuicChannel connection = client.connect(task.server());
      for (int from = 0; from < names.size(); from += AT_ONCE) {
        List<String> some = names.subList(from, Math.min(names.size(), from + AT_ONCE));
        List<CompletableFuture<byte[]>> answers =
            some.stream().map(name -> request(connection, name, task.of().limit())).toList();
        for (int i = 0; i < some.size(); i++) {
          Files.write(
              task.downloads().resolve(some.get(i)), answers.get(i).get(limit, TimeUnit.SECONDS));
        }
      }
      connection.close().sync();
    }
  }

  /**
   * Netty opens no stream beyond the server's limit, and waits for none higher. The server raises
   * it when it knows that streams are over, which may be after the client has their answers.
   */
  private static CompletableFuture<byte[]> request(
      QuicChannel connection, String name, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return Quiche.requestBytes(connection, "/" + name, null);
      } catch (Exception e) {
        if (!String.valueOf(e.getMessage()).contains("STREAM_LIMIT")
            || System.nanoTime() > deadline) {
          return CompletableFuture.failedFuture(e);
        }
        // Each attempt uses a stream ID up, so there should not be many.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
