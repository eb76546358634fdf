package dev.sluice.tools.perf;

import dev.sluice.tools.Version;
import picocli.CommandLine.Command;

/** {@code sluice perf}: how fast it is. */
@Command(
    name = "perf",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Measure how fast QUIC and HTTP/3 are.",
    subcommands = {PerfServerCommand.class, PerfClientCommand.class, PerfPairCommand.class})
public final class PerfCommand {

  /** Made by picocli. */
  public PerfCommand() {}
}
