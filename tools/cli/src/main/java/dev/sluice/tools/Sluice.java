package dev.sluice.tools;

import dev.sluice.quic.io.IoMode;
import dev.sluice.tools.congestion.CongestionCommand;
import dev.sluice.tools.demo.DemoCommand;
import dev.sluice.tools.get.GetCommand;
import dev.sluice.tools.interop.InteropCommand;
import dev.sluice.tools.perf.PerfClientCommand;
import dev.sluice.tools.perf.PerfCommand;
import dev.sluice.tools.perf.PerfPairCommand;
import dev.sluice.tools.perf.PerfServerCommand;
import dev.sluice.tools.requirements.RequirementsCommand;
import dev.sluice.tools.serve.ServeCommand;
import dev.sluice.tools.wt.WebTransportCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. Nothing but data goes to standard output. */
@Command(
    name = "sluice",
    description = "HTTP/3 over QUIC, in pure Java.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footer = {
      "",
      "'sluice COMMAND --help' says what a command takes. All exit codes are curl's, as"
          + " 'sluice get --help' lists them, unless a command says otherwise."
    })
public final class Sluice {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print version information and exit.")
  private boolean version;

  private static final int HELP_WIDTH = 100;

  private static final List<String> COMMANDS =
      List.of("demo", "serve", "get", "wt", "perf", "congestion", "interop", "requirements");

  /** Those that open sockets. */
  private static final Set<String> SPEAKING =
      Set.of("demo", "serve", "get", "wt", "perf", "interop");

  private Sluice() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // java.net.http refuses a Host field unless told otherwise; -H of get may set one.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,content-length,expect");
    if (args.length > 1 && SPEAKING.contains(args[0])) {
      // Linking what sockets need takes as long as making sense of the arguments: both at once.
      Thread.ofPlatform().daemon().name("sluice-linking").start(IoMode.AUTO::prepare);
    }
    int code = run(StandardStreams.ofProcess(), args);
    if (code != ExitCode.OK.code()) {
      System.exit(code);
    }
  }

  /** Runs a command; gives the code to exit with. */
  public static int run(StandardStreams streams, String... args) {
    PrintWriter out = new PrintWriter(streams.out(), true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(streams.err(), true, StandardCharsets.UTF_8);
    CommandLine commandLine = new CommandLine(new Sluice());
    // Reading the options of a command takes longer than a fetch: only of the one that is meant.
    boolean known = args.length > 0 && COMMANDS.contains(args[0]);
    for (String name : known ? List.of(args[0]) : COMMANDS) {
      commandLine.addSubcommand(command(name, streams));
    }
    commandLine
        .setExpandAtFiles(false) // @FILE is that of -d, and not a file of arguments
        .setUsageHelpWidth(HELP_WIDTH)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((failure, at, parsed) -> failed(failure, err))
        .setParameterExceptionHandler((misuse, given) -> misused(misuse, err));
    if (args.length == 0) {
      commandLine.usage(err);
      return ExitCode.USAGE.code();
    }
    int code = commandLine.execute(args);
    if (code == ExitCode.OK.code() && out.checkError()) { // of a help or a version
      return failed(
          new CommandException(ExitCode.WRITE_ERROR, "cannot write to standard output"), err);
    }
    return code;
  }

  /** One of {@link #COMMANDS}, with what it reads and writes. */
  private static Object command(String name, StandardStreams streams) {
    return switch (name) {
      case "demo" -> new DemoCommand(streams);
      case "serve" -> new ServeCommand(streams);
      // As with curl, what follows -d is data, whatever it looks like.
      case "get" ->
          new CommandLine(new GetCommand(streams)).setAllowOptionsAsOptionParameters(true);
      case "wt" -> new WebTransportCommand(streams);
      case "perf" ->
          new CommandLine(new PerfCommand())
              .addSubcommand(new PerfServerCommand(streams))
              .addSubcommand(new PerfClientCommand(streams))
              .addSubcommand(new PerfPairCommand(streams));
      case "congestion" -> new CongestionCommand(streams);
      case "interop" -> new InteropCommand(streams);
      case "requirements" -> new RequirementsCommand(streams);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    if (failure instanceof CommandException known) {
      return failed(known, err);
    }
    throw failure;
  }

  private static int failed(CommandException failure, PrintWriter err) {
    err.println(failure.line());
    return failure.exitCode().code();
  }

  private static int misused(CommandLine.ParameterException misuse, PrintWriter err) {
    err.println("sluice: (2) " + Misuse.line(misuse));
    String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
    err.println("try '" + command + " --help' for what it takes");
    return ExitCode.USAGE.code();
  }
}
