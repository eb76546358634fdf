package dev.sluice.tools.interop;

import dev.sluice.quic.connection.MigrationConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.PortNumber;
import dev.sluice.tools.QlogFiles;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import dev.sluice.tools.get.ClientTrust;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice interop}: one side of a test of the QUIC interop runner. */
@Command(
    name = "interop",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Be an endpoint of the QUIC interop runner.",
    footer = {
      "",
      "The runner says by the environment what is wanted: ROLE, TESTCASE, REQUESTS, SSLKEYLOGFILE"
          + " and QLOGDIR. Each option stands in for a variable, or for a folder of its container.",
      "Exits with 127 for a test case that is unknown here."
    })
public final class InteropCommand implements Callable<Integer> {
  private static final int UNKNOWN_CASE = 127;
  private static final int FAILED = 1;

  private final PrintStream stderr;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "${env:ROLE}",
      description = "client or server.")
  private String role;

  @Option(
      names = "--testcase",
      paramLabel = "CASE",
      defaultValue = "${env:TESTCASE}",
      description = "What is tested.")
  private String testCase;

  @Option(
      names = "--requests",
      paramLabel = "URLS",
      defaultValue = "${env:REQUESTS:-}",
      description = "Client: what to fetch, with spaces between.")
  private String requests;

  @Option(
      names = "--http3",
      description = "Speak HTTP/3 in every case, with peers that know nothing else.")
  private boolean http3;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "443",
      converter = PortNumber.class,
      description = "Server: the UDP port, 0 for any (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "IP",
      defaultValue = "::",
      description = "Server: the address to listen on (all).")
  private InetAddress address;

  @Option(
      names = "--preferred",
      paramLabel = "IP:PORT",
      converter = PreferredAddresses.Parser.class,
      description = {
        "Server: where clients shall move to in the case connectionmigration (port "
            + PreferredAddresses.PORT
            + " of this host's own addresses)."
      })
  private List<InetSocketAddress> preferred = List.of();

  @Option(
      names = "--arrivals",
      paramLabel = "IP:PORT",
      converter = PreferredAddresses.Parser.class,
      description = {
        "Server: where to listen for those who have moved, when something in front translates"
            + " addresses (the preferred addresses)."
      })
  private List<InetSocketAddress> arrivals = List.of();

  @Option(
      names = "--www",
      paramLabel = "DIR",
      defaultValue = "/www",
      description = "Server: what to serve (${DEFAULT-VALUE}).")
  private Path www;

  @Option(
      names = "--downloads",
      paramLabel = "DIR",
      defaultValue = "/downloads",
      description = "Client: where to save what is fetched (${DEFAULT-VALUE}).")
  private Path downloads;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      defaultValue = "/certs",
      description = "Where cert.pem, priv.key and ca.pem are (${DEFAULT-VALUE}).")
  private Path certs;

  /** With what it writes. */
  public InteropCommand(StandardStreams streams) {
    this.stderr = streams.err();
  }

  @Override
  public Integer call() throws CommandException {
    if (role == null || testCase == null) {
      throw new CommandException(ExitCode.USAGE, "ROLE and TESTCASE have to be set");
    }
    Optional<TestCase> known = TestCase.named(testCase);
    if (known.isEmpty()) {
      stderr.println("sluice: no test case " + testCase);
      return UNKNOWN_CASE;
    }
    return switch (role) {
      case "client" -> client(known.get());
      case "server" -> server(known.get());
      default -> throw new CommandException(ExitCode.USAGE, "no role " + role);
    };
  }

  private int client(TestCase what) throws CommandException {
    List<URI> urls = urls();
    try {
      new InteropClient(
              what,
              http3,
              ClientTrust.trustManager(certs.resolve("ca.pem")),
              downloads,
              KeyLogFile.open(null),
              QlogFiles.open(null))
          .fetch(urls);
      return ExitCode.OK.code();
    } catch (CommandException e) {
      throw e;
    } catch (Exception e) {
      stderr.println("sluice: " + e);
      return FAILED;
    }
  }

  private List<URI> urls() throws CommandException {
    try {
      List<URI> urls =
          Arrays.stream(requests.strip().split("\\s+"))
              .filter(url -> !url.isEmpty())
              .map(URI::create)
              .toList();
      if (urls.isEmpty()) {
        throw new CommandException(ExitCode.USAGE, "REQUESTS has nothing to fetch");
      }
      return urls;
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.MALFORMED_URL, e.getMessage(), e);
    }
  }

  private MigrationConfig migration() throws IOException {
    MigrationConfig migration =
        MigrationConfig.DEFAULTS.withArrivals(arrivals.toArray(InetSocketAddress[]::new));
    for (InetSocketAddress each :
        preferred.isEmpty() ? PreferredAddresses.ofThisHost() : preferred) {
      migration = migration.withPreferred(each);
    }
    return migration;
  }

  /** Serves until it is stopped. */
  private int server(TestCase what) throws CommandException {
    Path root = site();
    Identity identity = identity();
    try (InteropServer server =
        InteropServer.start(
            what,
            http3,
            new InetSocketAddress(address, port),
            migration(),
            identity,
            root,
            KeyLogFile.open(null),
            QlogFiles.open(null))) {
      server.rehearse();
      stderr.println("listening on " + server.address());
      new CountDownLatch(1).await();
      return ExitCode.OK.code();
    } catch (CommandException e) {
      throw e;
    } catch (InterruptedException e) {
      return ExitCode.OK.code();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.NOT_CONNECTED,
          "cannot serve on " + address.getHostAddress() + " port " + port + ": " + e.getMessage(),
          e);
    } catch (Exception e) {
      stderr.println("sluice: " + e);
      return FAILED;
    }
  }

  private Identity identity() throws CommandException {
    try {
      return Identity.fromPem(certs.resolve("cert.pem"), certs.resolve("priv.key"));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.LOCAL_CERTIFICATE,
          "cannot use the certificate in " + certs + ": " + FileFailure.described(e),
          e);
    }
  }

  private Path site() throws CommandException {
    try {
      return www.toRealPath();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.READ_ERROR, "cannot serve " + www + ": " + FileFailure.reason(e), e);
    }
  }
}
