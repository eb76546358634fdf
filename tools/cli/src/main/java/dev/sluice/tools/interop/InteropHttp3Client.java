package dev.sluice.tools.interop;

import dev.sluice.http3.client.EarlyData;
import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.SessionStore;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509TrustManager;

/** The client's side of a test case in HTTP/3: every client here has one connection. */
final class InteropHttp3Client {
  private static final Duration TICKET = Duration.ofSeconds(10);

  private final TestCase testCase;
  private final X509TrustManager trust;
  private final Path downloads;
  private final KeyLog keyLog;
  private final Supplier<Tracer> tracer;
  private final SessionStore sessions = new SessionStore();

  InteropHttp3Client(
      TestCase testCase,
      X509TrustManager trust,
      Path downloads,
      KeyLog keyLog,
      Supplier<Tracer> tracer) {
    this.testCase = testCase;
    this.trust = trust;
    this.downloads = downloads;
    this.keyLog = keyLog;
    this.tracer = tracer;
  }

  /** Fetches all; an exception says what failed. */
  void fetch(List<URI> urls) throws Exception {
    switch (testCase) {
      case MULTICONNECT -> {
        for (List<URI> each : InteropClient.singly(urls)) {
          onOneConnection(each);
        }
      }
      case RESUMPTION, ZERORTT -> {
        onOneConnection(urls.subList(0, 1));
        onOneConnection(urls.subList(1, urls.size()));
      }
      default -> onOneConnection(urls);
    }
  }

  private void onOneConnection(List<URI> urls) throws Exception {
    try (Http3Client client = builder().build()) {
      List<CompletableFuture<HttpResponse<Path>>> responses = new ArrayList<>();
      for (URI url : urls) {
        responses.add(client.sendAsync(HttpRequest.newBuilder(url).build(), saving(url, client)));
      }
      for (CompletableFuture<HttpResponse<Path>> response : responses) {
        InteropClient.await(response);
        if (response.join().statusCode() != 200) {
          throw new IOException(response.join().uri() + ": " + response.join().statusCode());
        }
      }
      boolean resumed = testCase == TestCase.RESUMPTION || testCase == TestCase.ZERORTT;
      if (resumed && !sessions.awaitSession(urls.getFirst(), TICKET)) {
        throw new IOException("the server sends no session ticket");
      }
    }
  }

  private BodyHandler<Path> saving(URI url, Http3Client client) {
    return head -> {
      if (testCase == TestCase.KEYUPDATE) {
        client.updateKeys();
      }
      return BodyHandlers.ofFile(InteropClient.file(downloads, url)).apply(head);
    };
  }

  private Http3Client.Builder builder() {
    Http3Client.Builder builder =
        Http3Client.newBuilder()
            .trustManager(trust)
            .quic(InteropClient.transport(testCase))
            .keyLog(keyLog)
            .tracer(tracer);
    return switch (testCase) {
      case CHACHA20 ->
          builder.sslParameters(
              new SSLParameters(new String[] {CipherSuite.TLS_CHACHA20_POLY1305_SHA256.name()}));
      case RESUMPTION -> builder.sessions(sessions);
      case ZERORTT -> builder.sessions(sessions).earlyData(EarlyData.SAFE_METHODS);
      default -> builder;
    };
  }
}
