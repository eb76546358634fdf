package dev.sluice.tools;

import dev.sluice.tools.demo.DemoCommand;
import dev.sluice.tools.get.GetCommand;
import dev.sluice.tools.serve.ServeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. Nothing but data goes to standard output. */
@Command(
    name = "sluice",
    description = "HTTP/3 over QUIC, in pure Java.",
    versionProvider = Version.class,
    subcommands = {DemoCommand.class, ServeCommand.class, GetCommand.class})
public final class Sluice {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and exit.")
  private boolean version;

  private static final int HELP_WIDTH = 100;

  private Sluice() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    // java.net.http refuses a Host field unless told otherwise; -H of get may set one.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,content-length,expect");
    System.exit(run(args));
  }

  /** Runs a command; gives the code to exit with. */
  static int run(String... args) {
    CommandLine commandLine =
        new CommandLine(new Sluice())
            .setUsageHelpWidth(HELP_WIDTH)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(Sluice::failed)
            .setParameterExceptionHandler(Sluice::misused);
    if (args.length == 0) {
      commandLine.usage(System.err);
      return ExitCode.USAGE.code();
    }
    return commandLine.execute(args);
  }

  private static int failed(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) throws Exception {
    if (failure instanceof CommandException known) {
      System.err.println(known.line());
      return known.exitCode().code();
    }
    throw failure;
  }

  private static int misused(CommandLine.ParameterException misuse, String[] args) {
    System.err.println("sluice: (2) " + misuse.getMessage());
    System.err.println(
        "try 'sluice " + misuse.getCommandLine().getCommandName() + " --help' for what it takes");
    return ExitCode.USAGE.code();
  }
}
