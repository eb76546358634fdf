package dev.sluice.tools.wt;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.qpack.FieldLine;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Failures;
import dev.sluice.tools.IoOption;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.QlogFiles;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import dev.sluice.tools.get.ClientTrust;
import dev.sluice.tools.get.RequestFields;
import dev.sluice.tools.get.ResolveOverride;
import dev.sluice.tools.get.TransferUrl;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice wt}: standard input and output over a WebTransport session. */
@Command(
    name = "wt",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Send standard input over a WebTransport session, and print what comes back.",
    footer = {
      "",
      "Without --uni and --datagram it opens one bidirectional stream, and ends when both of its"
          + " directions have. Nothing else tells when a server has no more to say: with --uni and"
          + " --datagram it ends when standard input has, and nothing came for the time of --wait.",
      "",
      "Exit codes: 0 all is well, 1 not https, 2 wrong usage, 3 malformed URL, 6 unknown host, 7 no"
          + " connection, 18 a stream was cut short, 22 the server refused the session, 23 cannot"
          + " write, 26 cannot read, 28 timeout, 35 TLS, 55 cannot send, 56 the session ended"
          + " early, 60 server's certificate, 77 --cacert, 95 HTTP/3, 96 QUIC.",
      "",
      "SSLKEYLOGFILE names a file for TLS secrets, and QLOGDIR a directory for qlog."
    })
public final class WebTransportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URL",
      description =
          "The resource to open a session with. A user and password before the host are sent as"
              + " Basic authorization.")
  private String url;

  @Option(
      names = "--uni",
      description =
          "Send on a unidirectional stream, and print what the server's unidirectional streams"
              + " bring, one after the other.")
  private boolean uni;

  @Option(
      names = "--datagram",
      description = "Send each line as a datagram, and print each datagram as a line.")
  private boolean datagram;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "How long to listen after the end of standard input (${DEFAULT-VALUE}).")
  private double wait;

  @Option(
      names = {"-k", "--insecure"},
      description = "Accept any certificate.")
  private boolean insecure;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Trust these certificates (PEM) in place of the JDK's.")
  private Path caCertificates;

  @Option(
      names = "--resolve",
      paramLabel = "HOST:PORT:ADDR[,ADDR]",
      description = "Connect to these addresses for this host and port.")
  private List<String> resolve = new ArrayList<>();

  @Option(
      names = {"-H", "--header"},
      paramLabel = "FIELD",
      description = "Send 'Name: value' with the request for the session, such as Origin.")
  private List<String> headers = new ArrayList<>();

  @Mixin private IoOption io;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell about the session on standard error.")
  private boolean verbose;

  private final StandardStreams streams;
  private final PrintStream stderr;

  /** With what it reads and writes. */
  public WebTransportCommand(StandardStreams streams) {
    this.streams = streams;
    this.stderr = streams.err();
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    TransferUrl target = TransferUrl.parse(url);
    URI uri = target.uri();
    Exchange exchange = exchange();
    SessionOptions options = SessionOptions.DEFAULT.withFields(fields(target));
    Http3Client client = client();
    tell("* " + client.ioDescription());
    try {
      WebTransport session = client.connect(uri, options);
      established(session, uri);
      exchange.run(session, streams.in(), streams.out());
      session.close();
      tell("* " + session.closed().toCompletableFuture().join().describe());
      return ExitCode.OK.code();
    } catch (IOException | CompletionException e) {
      throw Failures.of(e, uri.getHost(), true);
    } finally {
      client.close(); // a session that is still open is closed with it, in order
    }
  }

  private Exchange exchange() throws CommandException {
    if (uni && datagram) {
      throw new CommandException(ExitCode.USAGE, "only one of --uni and --datagram can be had");
    }
    Duration quiet = quiet(wait);
    if (uni) {
      return new UnidirectionalExchange(quiet);
    }
    return datagram ? new DatagramExchange(quiet) : new BidirectionalExchange();
  }

  /** What --wait says. */
  static Duration quiet(double seconds) throws CommandException {
    if (!(seconds >= 0 && seconds < 1e9)) {
      throw new CommandException(ExitCode.USAGE, "--wait takes seconds");
    }
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private Http3Client client() throws CommandException {
    Http3Client.Builder builder =
        Http3Client.newBuilder()
            .io(io.mode())
            .webTransport(WebTransportConfig.DEFAULT)
            .keyLog(KeyLogFile.open(null))
            .tracer(QlogFiles.open(null));
    if (caCertificates != null) {
      builder.trustManager(ClientTrust.trustManager(caCertificates));
    }
    if (insecure) {
      builder.insecurelyTrustEveryone();
    }
    try {
      for (ResolveOverride override : resolve.stream().map(ResolveOverride::parse).toList()) {
        builder.resolve(override.host(), override.port(), override.addresses());
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--resolve: " + e.getMessage(), e);
    }
    return builder.build();
  }

  private Fields fields(TransferUrl target) throws CommandException {
    RequestFields given;
    try {
      given = new RequestFields(headers);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "-H: " + e.getMessage(), e);
    }
    given.addDefault("user-agent", "sluice/" + Version.number());
    if (target.authorization() != null) {
      given.addDefault("authorization", target.authorization());
    }
    Fields.Builder fields = Fields.builder();
    for (Map.Entry<String, String> field : given.all()) {
      boolean secret = Set.of("authorization", "cookie").contains(field.getKey());
      fields.add(new FieldLine(field.getKey(), field.getValue(), secret));
    }
    return fields.build();
  }

  private void established(WebTransport session, URI uri) {
    tell("* session " + session.id() + " with " + uri + ", " + session.version());
    session.responseFields().forEach(field -> tell("< " + field.name() + ": " + field.value()));
    session.draining().thenRun(() -> tell("* the server asks to wind the session down"));
  }

  private void tell(String line) {
    if (verbose) {
      stderr.println(line);
    }
  }
}
