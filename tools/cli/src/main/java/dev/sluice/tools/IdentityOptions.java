package dev.sluice.tools;

import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --cert} and {@code --key}, the same for all commands that serve. */
public final class IdentityOptions {
  private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "::1");

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "The certificate chain (PEM), the server's own first; without it one is made.")
  private Path certificate;

  @Option(names = "--key", paramLabel = "FILE", description = "Its private key (PEM).")
  private Path key;

  /** Whether neither was given, so that {@link #identity} makes a certificate. */
  public boolean isSelfSigned() {
    return certificate == null && key == null;
  }

  /**
   * Who the server is.
   *
   * @param validity of a certificate for this machine alone, when none was given
   */
  public Identity identity(Duration validity) throws CommandException {
    if (isSelfSigned()) {
      return SelfSignedIdentity.create(NAMES, validity, new SecureRandom(), InstantSource.system());
    }
    if (certificate == null || key == null) {
      throw new CommandException(ExitCode.USAGE, "--cert and --key go together");
    }
    try {
      return Identity.fromPem(certificate, key);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.LOCAL_CERTIFICATE,
          "cannot use " + certificate + " with " + key + ": " + FileFailure.described(e),
          e);
    }
  }
}
