package dev.sluice.tools.get;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.CongestionOptions;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.IoOption;
import dev.sluice.tools.VersionOptions;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code get} takes, under the names that curl has for it. */
final class GetOptions {
  @Parameters(
      arity = "1..*",
      paramLabel = "URL",
      description =
          "What to fetch. URLs of one origin share a connection. A user and password before the"
              + " host are sent as Basic authorization, to that host and port alone.")
  List<String> urls;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Write to a file in place of standard output. Given several times, the first is for the"
              + " first URL, and so on; - is standard output.")
  List<String> outputs = new ArrayList<>();

  @Option(
      names = {"-O", "--remote-name"},
      description = "Write each URL that has no -o to a file named like its last path segment.")
  boolean[] remoteName = new boolean[0];

  @Option(
      names = {"-X", "--request"},
      paramLabel = "METHOD",
      description = "The request method.")
  String method;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "FIELD",
      description = "Send 'Name: value'; 'Name:' leaves one of ours out, 'Name;' sends it empty.")
  List<String> headers = new ArrayList<>();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "DATA|@FILE",
      description = "POST this; several are joined with &.")
  List<String> data = new ArrayList<>();

  @Option(
      names = {"-T", "--upload-file"},
      paramLabel = "FILE",
      description = "PUT this file; - is standard input.")
  String upload;

  @Option(
      names = {"-i", "--include"},
      description = "Write the response's header section before its content.")
  boolean include;

  @Option(
      names = {"-I", "--head"},
      description = "Send HEAD and write the header section.")
  boolean head;

  @Option(
      names = {"-k", "--insecure"},
      description = "Accept any certificate.")
  boolean insecure;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Trust these certificates (PEM) in place of the JDK's.")
  Path caCertificates;

  @Option(
      names = {"-E", "--cert"},
      paramLabel = "FILE",
      description = "Our certificate chain (PEM), for servers that ask for one.")
  Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Our private key (PEM); looked for in the --cert file when left out.")
  Path key;

  @Option(
      names = "--resolve",
      paramLabel = "HOST:PORT:ADDR[,ADDR]",
      description = "Connect to these addresses for this host and port.")
  List<String> resolve = new ArrayList<>();

  @Option(
      names = "--session",
      paramLabel = "FILE",
      description =
          "Resume sessions from this file, send GET and HEAD with the first flight (0-RTT) where"
              + " the server takes them, and keep new sessions in it. Who can read it can take our"
              + " place; what goes out with the first flight can be sent again by anybody.")
  Path session;

  @Option(
      names = {"-L", "--location"},
      description = "Follow redirects, 50 at most.")
  boolean location;

  @Option(
      names = {"-f", "--fail"},
      description = "Write nothing for a status of 400 or more, and exit with 22.")
  boolean fail;

  @Option(
      names = {"-Z", "--parallel"},
      description = "Fetch the URLs side by side, 50 at most.")
  boolean parallel;

  @Option(
      names = {"-m", "--max-time"},
      paramLabel = "SECONDS",
      description = "Give a URL up after this time, with exit code 28.")
  Double maxTime;

  @Option(
      names = {"-s", "--silent"},
      description = "No progress bar.")
  boolean silent;

  @Option(
      names = "--qlog",
      paramLabel = "DIR",
      description = "Write a qlog file for each connection into this directory.")
  Path qlog;

  @Mixin CongestionOptions congestion;

  @Mixin IoOption io;

  @Mixin VersionOptions versions;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell about the connection and both header sections on standard error.")
  boolean verbose;

  @Option(
      names = {"-w", "--write-out"},
      paramLabel = "FORMAT",
      description =
          "Write this after each URL, with the variables filled in that stand below, as in"
              + " '%%{http_code}\\n'.")
  String writeOut;

  /** How long a transfer may take, or null. */
  Duration limit() throws CommandException {
    if (maxTime == null || maxTime == 0) {
      return null;
    }
    if (!(maxTime > 0 && maxTime < 1e9)) {
      throw new CommandException(ExitCode.USAGE, "--max-time takes seconds, more than none");
    }
    return Duration.ofNanos((long) (maxTime * 1e9));
  }

  /** The request's content. */
  RequestContent content(InputStream stdin) throws CommandException {
    if (upload != null && !data.isEmpty() || head && (upload != null || !data.isEmpty())) {
      throw new CommandException(ExitCode.USAGE, "only one of -d, -T and -I can be had");
    }
    if (!data.isEmpty()) {
      return RequestContent.ofData(data, stdin);
    }
    return upload == null ? RequestContent.NONE : RequestContent.ofUpload(upload, stdin);
  }

  /** The request's method. */
  String method(RequestContent content) {
    if (method != null) {
      return method;
    }
    return head ? "HEAD" : content.method();
  }

  /** The request's fields of {@code -H}. */
  RequestFields fields() throws CommandException {
    try {
      return new RequestFields(headers);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "-H: " + e.getMessage(), e);
    }
  }

  /** What {@code --resolve} gave. */
  List<ResolveOverride> overrides() throws CommandException {
    try {
      return resolve.stream().map(ResolveOverride::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--resolve: " + e.getMessage(), e);
    }
  }
}
