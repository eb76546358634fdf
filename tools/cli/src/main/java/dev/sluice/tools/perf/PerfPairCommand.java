package dev.sluice.tools.perf;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.LoopsOption;
import dev.sluice.tools.Sluice;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice perf pair}: the client here, and its server in a JVM beside it. */
@Command(
    name = "pair",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Start a server in a JVM of its own, and measure a workload against it.",
    footer = {
      "",
      "'sluice perf client --help' explains the workloads and amounts. Exit codes are those of"
          + " 'sluice get'."
    })
public final class PerfPairCommand implements Callable<Integer> {
  @Mixin private ClientOptions options;
  @Mixin private LoopsOption loops;
  @Mixin private TransportOptions transport;

  private final StandardStreams streams;

  /** With what it writes. */
  public PerfPairCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    PerfClient client = new PerfClient(options, transport, streams);
    client.check();
    loops.count();
    Process server = null;
    try {
      server = new ProcessBuilder(command()).redirectErrorStream(true).start();
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::destroy));
      BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
      PrintStream stderr = streams.err();
      InetSocketAddress address = address(output, stderr);
      Thread.startVirtualThread(() -> output.lines().forEach(line -> stderr.println(line)));
      client.run(address);
      return ExitCode.OK.code();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.NOT_CONNECTED, "the server does not start: " + e.getMessage(), e);
    } finally {
      if (server != null) {
        server.destroy();
      }
    }
  }

  /** This JVM's own, with the same flags. */
  private List<String> command() throws CommandException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Sluice.class.getName()));
    command.addAll(List.of("perf", "server", "--port", "0", "--loops", "" + loops.count()));
    command.addAll(transport.asArguments());
    return command;
  }

  /** Where it listens, as it says itself, for whoever reads standard error here too. */
  private static InetSocketAddress address(BufferedReader output, PrintStream stderr)
      throws IOException {
    String line = output.readLine();
    while (line != null && !line.startsWith(PerfServerCommand.LISTENING)) {
      stderr.println(line);
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("it ended");
    }
    stderr.println("server " + line);
    String address = line.substring(PerfServerCommand.LISTENING.length(), line.indexOf(','));
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
