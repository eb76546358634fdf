package dev.sluice.tools.get;

import dev.sluice.http3.client.EarlyData;
import dev.sluice.http3.client.Http3Client;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Failures;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.QlogFiles;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice get}: fetches URLs. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    versionProvider = dev.sluice.tools.Version.class,
    sortOptions = false,
    description = "Fetch URLs over HTTP/3, with curl's options and exit codes.",
    footer = {
      "",
      "Exit codes: 0 all is well, 1 not https, 2 wrong usage, 3 malformed URL, 6 unknown host, 7 no"
          + " connection, 18 cut short, 22 status 400 or more with -f, 23 cannot write, 26 cannot"
          + " read, 28 timeout, 35 TLS, 47 too many redirects, 55 and 56 lost while sending or"
          + " receiving, 58 own certificate, 60 server's certificate, 65 content that cannot be"
          + " sent again, 77 --cacert, 95 HTTP/3, 96 QUIC. With several URLs it is that of the last"
          + " one that failed.",
      "",
      "Variables of --write-out: http_code, response_code, http_version, method, scheme, url,"
          + " url_effective, redirect_url, num_redirects, content_type, remote_ip, remote_port,"
          + " time_starttransfer and time_total in seconds, size_download in bytes, speed_download"
          + " in bytes a second, filename_effective, exitcode, errormsg. \\n, \\r, \\t and %%%% are"
          + " understood too.",
      "",
      "SSLKEYLOGFILE names a file for TLS secrets, and QLOGDIR a directory for qlog, as --qlog"
          + " does."
    })
public final class GetCommand implements Callable<Integer> {
  private static final int PARALLEL = 50;

  @Mixin private GetOptions options;

  private final InputStream stdin;
  private final PrintStream stderr;
  private final OutputStream stdout;

  /** With what it reads and writes. */
  public GetCommand(StandardStreams streams) {
    this.stdin = streams.in();
    this.stdout = streams.out();
    this.stderr = streams.err();
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    options.fields();
    Duration limit = options.limit();
    RequestContent content = options.content(stdin);
    Http3Client.Builder builder =
        Http3Client.newBuilder()
            .io(options.io.mode())
            .keyLog(KeyLogFile.open(null))
            .tracer(QlogFiles.open(options.qlog));
    builder.quic(options.versions.applyTo(options.congestion.applyTo(TransportConfig.DEFAULTS)));
    ClientTrust.apply(options, builder);
    for (ResolveOverride override : options.overrides()) {
      builder.resolve(override.host(), override.port(), override.addresses());
    }
    SessionFile sessions = options.session == null ? null : SessionFile.open(options.session);
    if (sessions != null) {
      builder.sessions(sessions.store()).earlyData(EarlyData.SAFE_METHODS);
    }
    Http3Client client = builder.build();
    if (options.verbose) {
      stderr.println("* " + client.ioDescription());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Semaphore turns = new Semaphore(options.parallel ? PARALLEL : 1, true);
      List<Future<ExitCode>> results = new ArrayList<>();
      List<URI> visited = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < options.urls.size(); i++) {
        int index = i;
        turns.acquire();
        results.add(
            threads.submit(
                () -> {
                  try {
                    return fetch(client, index, content, limit, threads, visited);
                  } finally {
                    turns.release();
                  }
                }));
      }
      ExitCode worst = ExitCode.OK;
      for (Future<ExitCode> result : results) {
        worst = result(result) == ExitCode.OK ? worst : result(result);
      }
      if (sessions != null) {
        sessions.save(visited);
      }
      return worst.code();
    } finally {
      client.shutdownNow();
      client.close();
    }
  }

  private static ExitCode result(Future<ExitCode> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private ExitCode fetch(
      Http3Client client,
      int index,
      RequestContent content,
      Duration limit,
      ExecutorService threads,
      List<URI> visited) {
    String url = options.urls.get(index);
    Report report = new Report(stderr, options.verbose, URI.create("about:blank"), "");
    CommandException failure = null;
    try {
      TransferUrl target = TransferUrl.parse(url);
      String file = file(index, target.uri());
      report = new Report(stderr, options.verbose, target.uri(), file == null ? "" : file);
      transfer(client, target, file, content, report, limit, threads);
      visited.add(target.uri());
    } catch (CommandException e) {
      failure = e;
    } catch (InterruptedException e) {
      failure = new CommandException(ExitCode.RECEIVE_ERROR, "interrupted", e);
    }
    if (options.writeOut != null) {
      failure = writeOut(report, failure);
    }
    if (failure == null) {
      return ExitCode.OK;
    }
    stderr.println(failure.line());
    return failure.exitCode();
  }

  private CommandException writeOut(Report report, CommandException failure) {
    String text = WriteOut.expand(options.writeOut, report.values(failure));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      synchronized (stdout) {
        stdout.write(bytes);
      }
      return failure;
    } catch (java.io.IOException e) {
      return new CommandException(
          ExitCode.WRITE_ERROR, "cannot write to standard output: " + e.getMessage(), e);
    }
  }

  /** The file that a URL goes to; null for standard output. */
  private String file(int index, URI uri) throws CommandException {
    if (index < options.outputs.size()) {
      String output = options.outputs.get(index);
      return output.equals("-") ? null : output;
    }
    return options.remoteName.length > 0 ? TransferUrl.remoteName(uri) : null;
  }

  private void transfer(
      Http3Client client,
      TransferUrl target,
      String file,
      RequestContent content,
      Report report,
      Duration limit,
      ExecutorService threads)
      throws CommandException, InterruptedException {
    String host = target.uri().getHost();
    boolean watched =
        Terminal.onStandardError()
            && !options.silent
            && !options.verbose
            && !options.parallel
            && (file != null || !Terminal.onStandardOutput());
    try (Output output = file == null ? Output.to(stdout) : Output.to(file);
        Progress progress = new Progress(stderr, file == null ? host : file, watched)) {
      Transfer transfer = new Transfer(client, options, output, report, progress);
      if (limit == null) {
        transfer.run(target, content);
        return;
      }
      Future<?> running =
          threads.submit(
              () -> {
                transfer.run(target, content);
                return null;
              });
      try {
        running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        running.cancel(true);
        throw new CommandException(
            ExitCode.TIMEOUT,
            "timed out after "
                + limit.toMillis()
                + " ms with "
                + report.bytes()
                + " bytes received",
            e);
      } catch (ExecutionException e) {
        throw Failures.of(e.getCause(), host, content != RequestContent.NONE);
      }
    }
  }
}
