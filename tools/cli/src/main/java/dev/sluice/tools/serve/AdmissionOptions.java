package dev.sluice.tools.serve;

import dev.sluice.quic.connection.AdmissionByLoad;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import picocli.CommandLine.Option;

/** Whom a server lets in, and on what terms. */
final class AdmissionOptions {
  @Option(names = "--retry", description = "Have clients prove their address with a Retry packet.")
  private boolean retry;

  @Option(
      names = "--retry-from",
      paramLabel = "HANDSHAKES",
      description =
          "Have clients prove their address while so many handshakes or more are under way"
              + " (${DEFAULT-VALUE}).")
  private int retryFrom = AdmissionByLoad.DEFAULT_RETRY_FROM;

  @Option(
      names = "--max-connections",
      paramLabel = "NUMBER",
      description = "Refuse clients beyond this number of connections (${DEFAULT-VALUE}).")
  private int maxConnections = AdmissionByLoad.DEFAULT_MAX_CONNECTIONS;

  AdmissionByLoad admission() throws CommandException {
    if (retryFrom < 0 || maxConnections < 0) {
      throw new CommandException(
          ExitCode.USAGE, "--retry-from and --max-connections are not negative");
    }
    return new AdmissionByLoad(retry ? 0 : retryFrom, maxConnections);
  }
}
