package dev.sluice.tools;

import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.connection.Versions;
import dev.sluice.quic.packet.QuicVersion;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Which versions of QUIC a command speaks: for all that open or take connections. */
public final class VersionOptions {
  @Option(
      names = "--quic-version",
      paramLabel = "VERSION",
      split = ",",
      description =
          "The versions of QUIC to speak, v1 and v2, the best liked first. Without it both, and the"
              + " client decides.")
  private List<String> names;

  @Option(
      names = "--original-version",
      paramLabel = "VERSION",
      description =
          "The version of a client's first flight. Without it v1 where that is among those spoken.")
  private String original;

  /**
   * The settings with what was chosen.
   *
   * @throws CommandException when there is no such version
   */
  public TransportConfig applyTo(TransportConfig transport) throws CommandException {
    Versions versions = names == null ? Versions.DEFAULT : chosen();
    try {
      return transport.withVersions(
          original == null
              ? versions
              : versions.withOriginal(named("--original-version", original)));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, "--original-version is one of those of --quic-version", e);
    }
  }

  private Versions chosen() throws CommandException {
    QuicVersion[] all = new QuicVersion[names.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = named("--quic-version", names.get(i));
    }
    try {
      return Versions.of(all);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--quic-version names each version once", e);
    }
  }

  private static QuicVersion named(String option, String name) throws CommandException {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "v1", "1" -> QuicVersion.V1;
      case "v2", "2" -> QuicVersion.V2;
      default -> throw new CommandException(ExitCode.USAGE, option + " takes v1 and v2");
    };
  }
}
