package dev.sluice.tools.perf;

import dev.sluice.tools.Version;
import picocli.CommandLine.Command;

/** {@code sluice perf}: how fast it is. */
@Command(
    name = "perf",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Measure how fast QUIC and HTTP/3 are.")
public final class PerfCommand {

  /** Its subcommands are added by whoever has their streams. */
  public PerfCommand() {}
}
