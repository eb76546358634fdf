package dev.sluice.tools;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.connection.TransportConfig;
import picocli.CommandLine.Option;

/** How fast a command sends: for all that open or take connections. */
public final class CongestionOptions {
  @Option(
      names = "--cc",
      paramLabel = "NAME",
      description = "The congestion controller: newreno, cubic or bbr (${DEFAULT-VALUE}).")
  private String congestion = "cubic";

  @Option(
      names = "--no-pacing",
      description = "Send in bursts in place of spreading packets over a round trip.")
  private boolean unpaced;

  /**
   * The settings with what was chosen.
   *
   * @throws CommandException when there is no such controller
   */
  public TransportConfig applyTo(TransportConfig transport) throws CommandException {
    CongestionAlgorithm algorithm =
        CongestionAlgorithm.named(congestion)
            .orElseThrow(
                () -> new CommandException(ExitCode.USAGE, "--cc is newreno, cubic or bbr"));
    return transport.withCongestion(algorithm).withPacing(!unpaced);
  }
}
