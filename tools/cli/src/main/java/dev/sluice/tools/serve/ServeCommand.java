package dev.sluice.tools.serve;

import dev.sluice.http3.server.EarlyRequests;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.CongestionOptions;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.IdentityOptions;
import dev.sluice.tools.IoOption;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.LoopsOption;
import dev.sluice.tools.PortNumber;
import dev.sluice.tools.QlogFiles;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import dev.sluice.tools.VersionOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice serve}: a static file server, and an echo for WebTransport. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Serve the files of a folder over HTTP/3.",
    footer = {
      "",
      "Answers GET and HEAD with conditions and ranges, folders with index.html or a listing; reads"
          + " nothing outside the folder. The access log goes to standard error.",
      "Without --cert it makes a self-signed certificate, valid 10 days, and prints its hashes.",
      "On SIGTERM or SIGINT it tells all clients to go elsewhere (GOAWAY), finishes what it has"
          + " begun and exits with 0; with 28 when something had to be cut off after the grace"
          + " period. What cannot be begun ends with a code of 'sluice get': 7 where the port is"
          + " taken, 26 where the folder cannot be read, 58 for the certificate.",
      "WebTransport sessions count as requests: --grace is theirs to end in.",
      "SSLKEYLOGFILE names a file for TLS secrets, as --keylog does, and QLOGDIR a directory for"
          + " qlog, as --qlog does."
    })
public final class ServeCommand implements Callable<Integer> {
  /** Browsers take a certificate by its hash only when it is valid for less than two weeks. */
  private static final Duration VALIDITY = Duration.ofDays(10);

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "localhost",
      description = "The name or address to listen on; 0.0.0.0 or :: for all (${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4433",
      converter = PortNumber.class,
      description = "The UDP port; 0 for any free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The folder to serve (${DEFAULT-VALUE}).")
  private Path root;

  @Option(
      names = "--keylog",
      paramLabel = "FILE",
      description = "Append TLS secrets to this file, for packet analysers.")
  private Path keyLog;

  @Option(
      names = "--qlog",
      paramLabel = "DIR",
      description = "Write a qlog file for each connection into this directory.")
  private Path qlog;

  @Mixin private IdentityOptions identities;

  @Mixin private AdmissionOptions admission;

  @Option(
      names = "--early-data",
      description =
          "Take GET and HEAD as 0-RTT from clients that resume a session; answer 425 to what else"
              + " comes that early.")
  private boolean earlyData;

  @Option(
      names = "--echo",
      paramLabel = "PATH",
      description = "Answer any method on this path with the request's content, streamed.")
  private String echo;

  @Option(
      names = "--webtransport",
      paramLabel = "PATH",
      description =
          "Take WebTransport sessions on this path, from programs and from pages of this server,"
              + " and echo their streams and datagrams.")
  private String webTransport;

  @Mixin private CongestionOptions congestion;

  @Mixin private VersionOptions versions;

  @Mixin private LoopsOption loops;

  @Mixin private IoOption io;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell how datagrams are moved, on standard error.")
  private boolean verbose;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "How long requests may take to finish after SIGTERM (${DEFAULT-VALUE}).")
  private int grace;

  private final PrintStream stderr;
  private final AccessLog log;

  /** With what it writes. */
  public ServeCommand(StandardStreams streams) {
    this.stderr = streams.err();
    this.log = new AccessLog(stderr);
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (grace < 0) {
      throw new CommandException(ExitCode.USAGE, "--grace is not negative");
    }
    Identity identity = identities.identity(VALIDITY);
    Http3ServerBuilder builder =
        Http3Server.builder()
            .identity(identity)
            .io(io.mode())
            .loops(loops.count())
            .quic(versions.applyTo(congestion.applyTo(TransportConfig.DEFAULTS)))
            .admission(admission.admission())
            .daemon(false)
            .keyLog(KeyLogFile.open(keyLog))
            .tracer(QlogFiles.open(qlog))
            .handler(new SiteHandler(files(), checkPath("--echo", echo), log));
    if (earlyData) {
      builder.earlyData(EarlyRequests.REFUSE_UNSAFE);
    }
    if (checkPath("--webtransport", webTransport) != null) {
      builder.webTransport(webTransport, new WebTransportEcho());
    }
    for (InetAddress address : addresses()) {
      builder.address(new InetSocketAddress(address, port));
    }
    Http3Server server = start(builder);
    // First: whoever reads that it serves may stop it.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(server)));
    for (InetSocketAddress address : server.localAddresses()) {
      stderr.println("serving " + root + " on https://" + authority(address) + "/");
    }
    if (verbose) {
      stderr.println(server.ioDescription());
    }
    if (identities.isSelfSigned()) {
      BrowserHints.lines(identity.certificateChain().getFirst(), authority(server.localAddress()))
          .forEach(stderr::println);
      if (webTransport != null) {
        String url = "https://" + authority(server.localAddress()) + webTransport;
        stderr.println(
            "for WebTransport:    "
                + BrowserHints.webTransport(identity.certificateChain().getFirst(), url));
      }
    }
    server.awaitTermination();
    return ExitCode.OK.code();
  }

  /**
   * Lets requests finish, and their lines get into the log; a second after the grace period the
   * process ends, whatever they do. A process that a signal ends would exit with the signal's
   * number, so this ends it by itself.
   */
  private void stop(Http3Server server) {
    CompletableFuture<Boolean> finished = new CompletableFuture<>();
    Thread.startVirtualThread(() -> finished.complete(stopWithGrace(server)));
    boolean nothingLost = finished.completeOnTimeout(false, grace + 1L, TimeUnit.SECONDS).join();
    stderr.flush();
    ExitCode code = nothingLost ? ExitCode.OK : ExitCode.TIMEOUT;
    Runtime.getRuntime().halt(code.code());
  }

  private boolean stopWithGrace(Http3Server server) {
    try {
      boolean nothingLost = server.stop(Duration.ofSeconds(grace));
      log.awaitLines();
      return nothingLost;
    } catch (InterruptedException e) {
      server.close();
      return false;
    }
  }

  private Http3Server start(Http3ServerBuilder builder) throws CommandException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.NOT_CONNECTED,
          "cannot listen on " + host + " port " + port + ": " + e.getMessage(),
          e);
    }
  }

  private StaticFiles files() throws CommandException {
    try {
      return new StaticFiles(root);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.READ_ERROR, "cannot serve " + root + ": " + FileFailure.reason(e), e);
    }
  }

  private static String checkPath(String option, String path) throws CommandException {
    if (path != null && !path.startsWith("/")) {
      throw new CommandException(
          ExitCode.USAGE, option + " takes a path, which begins with a slash");
    }
    return path;
  }

  /** One address, or for localhost both of them, so that a client's first try gets there. */
  private List<InetAddress> addresses() throws CommandException {
    try {
      // With port 0 two sockets would get two ports.
      return host.equals("localhost") && port != 0
          ? List.of(InetAddress.getAllByName(host))
          : List.of(InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      throw new CommandException(ExitCode.UNRESOLVED_HOST, "could not resolve host: " + host, e);
    }
  }

  /** The host and port to put into a URL, where a zone begins with %25 (RFC 6874 §2). */
  static String authority(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip.isAnyLocalAddress() || ip.isLoopbackAddress()) {
      return "localhost:" + address.getPort();
    }
    String literal = ip.getHostAddress().replace("%", "%25");
    return (literal.contains(":") ? "[" + literal + "]" : literal) + ":" + address.getPort();
  }
}
