package dev.sluice.tools.demo;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.Http3Response;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.CongestionOptions;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Failures;
import dev.sluice.tools.IoOption;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.QlogFiles;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Terminal;
import dev.sluice.tools.Trust;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice demo}: the whole stack against itself over the loopback interface. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Start a server, fetch from it over real UDP, and check every byte.",
    footer = {
      "",
      "The server listens on a free loopback port, with a certificate of its own. Fetched are a"
          + " page, 100 small objects in parallel, and a body of 256 MiB. Exits with 0 when"
          + " all of it was right, else with a code of 'sluice get'."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final long LARGE_BYTES = 256L << 20;
  private static final int CHUNK = 1 << 16;
  private static final String HOST = "localhost";

  @Mixin private CongestionOptions congestion = new CongestionOptions();

  @Mixin private IoOption io = new IoOption();

  private final PrintStream stderr;
  private final PrintStream stdout;
  private final long largeBytes;

  private long requests;
  private long bytes;

  /** With what it writes. */
  public DemoCommand(StandardStreams streams) {
    this(streams, LARGE_BYTES);
  }

  DemoCommand(StandardStreams streams, long largeBytes) {
    this.stdout = streams.printer();
    this.stderr = streams.err();
    this.largeBytes = largeBytes;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Identity identity =
        SelfSignedIdentity.create(
            List.of(HOST, "127.0.0.1", "::1"),
            Duration.ofDays(1),
            new SecureRandom(),
            InstantSource.system());
    TransportConfig transport = congestion.applyTo(TransportConfig.DEFAULTS);
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Http3Server server =
            Http3Server.builder()
                .io(io.mode())
                .address(anyPort)
                .identity(identity)
                .quic(transport)
                .handler(new DemoSite(largeBytes))
                .start();
        Http3Client client =
            Http3Client.newBuilder()
                .io(io.mode())
                .quic(transport)
                .trustManager(Trust.in(identity.certificateChain()))
                .resolve(HOST, server.localAddress().getPort(), List.of(anyPort.getAddress()))
                .keyLog(KeyLogFile.open(null))
                .tracer(QlogFiles.open(null))
                .build()) {
      print("server I/O", server.ioDescription());
      print("client I/O", client.ioDescription());
      run(client, URI.create("https://" + HOST + ":" + server.localAddress().getPort() + "/"));
      StandardStreams.requireWritten(stdout);
      return ExitCode.OK.code();
    } catch (IOException | CompletionException | GeneralSecurityException e) {
      throw Failures.of(e, HOST, false);
    }
  }

  private void run(Http3Client client, URI origin)
      throws IOException, InterruptedException, CommandException {
    long began = System.nanoTime();
    page(client, origin);
    objects(client, origin);
    ConnectionInfo connection = large(client, origin.resolve("/large"));
    double seconds = (System.nanoTime() - began) / 1e9;
    print("QUIC version", Integer.toString(connection.quicVersion()));
    print("cipher suite", connection.cipherSuite());
    print("key exchange", connection.keyExchangeGroup());
    print("RTT", decimal("%.3f ms", connection.smoothedRtt().toNanos() / 1e6));
    print("requests", Long.toString(requests));
    print("bytes", bytes + ", every one as it should be");
    print("time", decimal("%.3f s", seconds));
    print("rate", decimal("%.1f MB/s", bytes / seconds / 1e6));
  }

  private void page(Http3Client client, URI uri)
      throws IOException, InterruptedException, CommandException {
    HttpResponse<byte[]> response =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
    bytes += response.body().length;
    check(response, Arrays.equals(response.body(), DemoSite.PAGE));
    stderr.println("fetched a page");
  }

  private void objects(Http3Client client, URI origin) throws CommandException {
    List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
    for (int i = 0; i < DemoSite.OBJECTS; i++) {
      HttpRequest request = HttpRequest.newBuilder(origin.resolve("/object/" + i)).build();
      responses.add(client.sendAsync(request, BodyHandlers.ofByteArray()));
    }
    for (int i = 0; i < DemoSite.OBJECTS; i++) {
      HttpResponse<byte[]> response = responses.get(i).join();
      byte[] body = response.body();
      bytes += body.length;
      check(
          response,
          body.length == DemoSite.OBJECT_BYTES
              && Pattern.mismatch(body, body.length, i * DemoSite.OBJECT_STEP) < 0);
    }
    stderr.println("fetched " + DemoSite.OBJECTS + " objects in parallel");
  }

  private ConnectionInfo large(Http3Client client, URI uri)
      throws IOException, InterruptedException, CommandException {
    HttpResponse<InputStream> response =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
    byte[] chunk = new byte[CHUNK];
    long received = 0;
    boolean right = true;
    try (InputStream body = response.body();
        ProgressBar bar =
            Terminal.onStandardError() ? Terminal.progressBar(stderr, "body", largeBytes) : null) {
      for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
        right &= Pattern.mismatch(chunk, read, received) < 0;
        received += read;
        if (bar != null) {
          bar.stepBy(read);
        }
      }
    }
    bytes += received;
    check(response, right && received == largeBytes);
    stderr.println("fetched a body of " + received + " bytes");
    return ((Http3Response<InputStream>) response).connection();
  }

  private void check(HttpResponse<?> response, boolean right) throws CommandException {
    requests++;
    if (!right || response.statusCode() != 200) {
      throw new CommandException(
          ExitCode.RECEIVE_ERROR,
          response.uri() + " came back wrong, with status " + response.statusCode());
    }
  }

  private void print(String name, String value) {
    stdout.println(String.format(Locale.ROOT, "%-13s %s", name, value));
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
