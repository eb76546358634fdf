package dev.sluice.tools.perf;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.StandardStreams;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * The command line of {@code sluice perf client} for another implementation's client over raw QUIC:
 * the same workloads, measured by the same code.
 */
@Command(name = "client", mixinStandardHelpOptions = true, sortOptions = false)
public final class ForeignClient implements Callable<Integer> {

  /** Makes the client that is measured. */
  @FunctionalInterface
  public interface Factory {
    /** A client of this server. */
    Connector connector(InetSocketAddress server) throws IOException, InterruptedException;
  }

  @Mixin private ClientOptions options;

  @Parameters(index = "1", paramLabel = "HOST:PORT", description = "The server.")
  private String server;

  private final Factory factory;

  private ForeignClient(Factory factory) {
    this.factory = factory;
  }

  /**
   * Measures as the arguments say.
   *
   * @return the code to exit with
   */
  public static int run(Factory factory, String... arguments) {
    return new CommandLine(new ForeignClient(factory))
        .setExecutionExceptionHandler(
            (failure, at, parsed) -> {
              failure.printStackTrace(at.getErr());
              return ExitCode.QUIC_ERROR.code();
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws CommandException, IOException, InterruptedException {
    int colon = server.lastIndexOf(':');
    InetSocketAddress address =
        new InetSocketAddress(
            server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    options.check(Protocol.QUIC);
    if (options.group != null) {
      throw new CommandException(ExitCode.USAGE, "--group is for sluice's own client");
    }
    try (Connector connector = factory.connector(address)) {
      new PerfClient(options, new TransportOptions(), StandardStreams.ofProcess())
          .run(connector, address);
    }
    return ExitCode.OK.code();
  }
}
