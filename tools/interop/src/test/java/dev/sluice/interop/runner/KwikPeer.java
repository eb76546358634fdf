package dev.sluice.interop.runner;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnectionConfig.RetryRequired;
import tech.kwik.core.server.ServerConnector;
import tech.kwik.flupke.Http3Client;
import tech.kwik.flupke.server.Http3ApplicationProtocolFactory;

/** Kwik with agent15, under flupke, within this process. */
final class KwikPeer implements Peer {
  private static final char[] PASSWORD = "interop".toCharArray();

  /** More than this kwik does not send reliably; see {@code dev.sluice.interop.Kwik}. */
  private static final int MOST_TO_SEND = 200_000;

  @Override
  public String name() {
    return "kwik";
  }

  @Override
  public Optional<String> cannotServe(Case which) {
    if (which.sizes().stream().mapToLong(Integer::longValue).sum() > MOST_TO_SEND) {
      return Optional.of("falls silent in the middle of what it sends, if that is much");
    }
    return switch (which) {
      case RESUMPTION, ZERORTT -> Optional.of("its server takes no sessions up again");
      default -> cannotAtAll(which);
    };
  }

  @Override
  public Optional<String> cannotFetch(Case which) {
    return switch (which) {
      case CHACHA20 -> Optional.of("flupke has no setting for cipher suites");
      case RESUMPTION, ZERORTT -> Optional.of("flupke keeps no sessions");
      case KEYUPDATE -> Optional.of("flupke has no way to ask for it");
      case HANDSHAKECORRUPTION ->
          Optional.of(
              "closes by itself when a damaged packet comes, with FRAME_ENCODING_ERROR or none");
      case IPV6 -> Optional.of("finds no address in a certificate, and resolves names to IPv4");
      default -> cannotAtAll(which);
    };
  }

  private static Optional<String> cannotAtAll(Case which) {
    return switch (which) {
      case ECN -> Optional.of("Java's sockets do not tell of ECN");
      case V2 -> Optional.of("flupke has no setting for the version");
      case CONNECTIONMIGRATION -> Optional.of("has no preferred address, and follows none");
      default -> Optional.empty();
    };
  }

  @Override
  public Running serve(ServerTask task) throws IOException {
    DatagramSocket socket = new DatagramSocket(task.address());
    try {
      ServerConnector server =
          ServerConnector.builder()
              .withSocket(socket)
              .withKeyStore(Certificates.read(task.certs()).keyStore(PASSWORD), "peer", PASSWORD)
              .withConfiguration(limits(task.of() == Case.RETRY))
              .withLogger(new NullLogger())
              .build();
      server.registerApplicationProtocol(
          "h3",
          new Http3ApplicationProtocolFactory(
              (request, response) -> {
                response.setStatus(200);
                try (OutputStream out = response.getOutputStream()) {
                  Files.copy(task.www().resolve(request.path().substring(1)), out);
                }
              }));
      server.start();
      return new Running() {
        @Override
        public String output() {
          return "";
        }

        @Override
        public void close() {
          server.close();
          socket.close();
        }
      };
    } catch (Exception e) {
      socket.close();
      throw new IOException(e);
    }
  }

  private static ServerConnectionConfig limits(boolean retry) {
    return ServerConnectionConfig.builder()
        .maxIdleTimeoutInSeconds(30)
        .maxConnectionBufferSize(1 << 20)
        .maxBidirectionalStreamBufferSize(1 << 18)
        .maxUnidirectionalStreamBufferSize(1 << 16)
        .maxOpenPeerInitiatedBidirectionalStreams(100)
        .maxOpenPeerInitiatedUnidirectionalStreams(10)
        .retryRequired(retry ? RetryRequired.Always : RetryRequired.Never)
        .build();
  }

  @Override
  public Exit fetch(ClientTask task) {
    // It resolves names by itself; the relay is at the address that this one has.
    String host = task.of() == Case.IPV6 ? "[::1]" : "localhost";
    List<String> urls = task.urls(host);
    try {
      if (task.of() == Case.HANDSHAKELOSS || task.of() == Case.HANDSHAKECORRUPTION) {
        for (int i = 0; i < urls.size(); i++) {
          onOneConnection(task, urls.subList(i, i + 1));
        }
      } else {
        onOneConnection(task, urls);
      }
      return new Exit(0, "");
    } catch (Exception e) {
      return new Exit(1, e.toString());
    }
  }

  private static void onOneConnection(ClientTask task, List<String> urls) throws Exception {
    HttpClient client =
        Http3Client.newBuilder()
            .trustManager(Certificates.read(task.certs()).trustManager())
            .connectTimeout(Duration.ofSeconds(60))
            .build();
    List<CompletableFuture<HttpResponse<Path>>> answers = new ArrayList<>();
    for (String url : urls) {
      URI uri = URI.create(url);
      answers.add(
          client.sendAsync(
              HttpRequest.newBuilder(uri).build(),
              BodyHandlers.ofFile(task.downloads().resolve(uri.getPath().substring(1)))));
    }
    for (CompletableFuture<HttpResponse<Path>> answer : answers) {
      int status = answer.get(task.of().limit().toSeconds(), TimeUnit.SECONDS).statusCode();
      if (status != 200) {
        throw new IOException("status " + status);
      }
    }
  }
}
