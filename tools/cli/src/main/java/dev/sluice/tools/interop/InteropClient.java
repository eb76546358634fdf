package dev.sluice.tools.interop;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicClientBuilder;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.SessionTicket;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.X509TrustManager;

/** The client's side of a test case: fetches every URL into a folder. */
final class InteropClient {
  private static final int TICKET_SECONDS = 10;

  /**
   * Whoever only receives is silent once a NAT has forgotten it: the server sends to where nobody
   * is, and learns of the new address from nothing but this.
   */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

  private final TestCase testCase;
  private final boolean http3;
  private final X509TrustManager trust;
  private final Path downloads;
  private final KeyLog keyLog;
  private final Supplier<Tracer> tracer;
  private final BlockingQueue<SessionTicket> tickets = new ArrayBlockingQueue<>(16);

  InteropClient(
      TestCase testCase,
      boolean http3,
      X509TrustManager trust,
      Path downloads,
      KeyLog keyLog,
      Supplier<Tracer> tracer) {
    this.testCase = testCase;
    this.http3 = http3 || testCase == TestCase.HTTP3;
    this.trust = trust;
    this.downloads = downloads;
    this.keyLog = keyLog;
    this.tracer = tracer;
  }

  /** Fetches all; an exception says what failed. */
  void fetch(List<URI> urls) throws Exception {
    if (http3) {
      new InteropHttp3Client(testCase, trust, downloads, keyLog, tracer).fetch(urls);
      return;
    }
    switch (testCase) {
      case HTTP3 -> throw new IllegalStateException("HTTP/3 without HTTP/3");
      case MULTICONNECT -> {
        for (List<URI> each : singly(urls)) {
          onOneConnection(each);
        }
      }
      case RESUMPTION -> {
        onOneConnection(urls.subList(0, 1));
        resumed(urls.subList(1, urls.size()), false);
      }
      case ZERORTT -> {
        onOneConnection(urls.subList(0, 1));
        resumed(urls.subList(1, urls.size()), true);
      }
      default -> onOneConnection(urls);
    }
  }

  static List<List<URI>> singly(List<URI> urls) {
    return urls.stream().map(List::of).toList();
  }

  private void onOneConnection(List<URI> urls) throws Exception {
    try (QuicClient client = builder(urls.getFirst()).build();
        QuicConnection connection = client.connect()) {
      if (testCase == TestCase.KEYUPDATE) {
        connection.updateKeys();
      }
      fetch(connection, urls);
      if (testCase == TestCase.RESUMPTION || testCase == TestCase.ZERORTT) {
        awaitTicket();
      }
    }
  }

  private void awaitTicket() throws InterruptedException, IOException {
    SessionTicket ticket = tickets.poll(TICKET_SECONDS, TimeUnit.SECONDS);
    if (ticket == null) {
      throw new IOException("the server sends no session ticket");
    }
    tickets.add(ticket);
  }

  private void resumed(List<URI> urls, boolean early) throws Exception {
    try (QuicClient client = builder(urls.getFirst()).session(tickets.take()).build();
        QuicConnection connection = early ? client.connectEarly() : client.connect()) {
      fetch(connection, urls);
    }
  }

  private void fetch(QuicConnection connection, List<URI> urls) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (URI url : urls) {
        all.add(
            threads.submit(
                () -> {
                  HttpZeroNine.fetch(connection, url.getRawPath(), file(url));
                  return null;
                }));
      }
      for (Future<?> one : all) {
        await(one);
      }
    }
  }

  static void await(Future<?> one) throws Exception {
    try {
      one.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private QuicClientBuilder builder(URI url) {
    QuicClientBuilder builder =
        QuicClient.builder()
            .remote(url.getHost(), url.getPort() < 0 ? 443 : url.getPort())
            .applicationProtocols(HttpZeroNine.PROTOCOL)
            .transport(transport(testCase))
            .trust(trust)
            .keyLog(keyLog)
            .tracer(tracer)
            .onTicket(tickets::offer);
    return switch (testCase) {
      case CHACHA20 ->
          builder.tls(tls -> tls.cipherSuites(CipherSuite.TLS_CHACHA20_POLY1305_SHA256));
      default -> builder;
    };
  }

  /** Towards version 2 from version 1, if that is the test. */
  static TransportConfig transport(TestCase testCase) {
    TransportConfig patient = InteropServer.TRANSPORT.withKeepAlive(KEEP_ALIVE);
    return testCase == TestCase.V2
        ? patient.withVersions(
            Versions.of(QuicVersion.V2, QuicVersion.V1).withOriginal(QuicVersion.V1))
        : patient;
  }

  private Path file(URI url) {
    return file(downloads, url);
  }

  /** Where the content of a URL is saved. */
  static Path file(Path downloads, URI url) {
    return downloads.resolve(Path.of(url.getPath()).getFileName());
  }
}
