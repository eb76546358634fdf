package dev.sluice.tools;

import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/** Runs the command line within the test's own process. */
final class Commands {
  private Commands() {}

  /**
   * How a command ended.
   *
   * @param out standard output
   * @param err standard error
   */
  record Result(int code, byte[] out, String err) {
    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "exit code " + code + "\n" + text() + "\n" + err;
    }
  }

  static Result run(String... arguments) {
    return runWithInput(new byte[0], arguments);
  }

  static Result runWithInput(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(new ByteArrayInputStream(input), out, out, arguments);
  }

  /**
   * Runs with any input and output.
   *
   * @param out where the output goes in the end
   * @param stdout what the command is given, which leads there
   */
  static Result run(
      InputStream input, ByteArrayOutputStream out, OutputStream stdout, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    StandardStreams streams =
        new StandardStreams(input, stdout, new PrintStream(err, true, StandardCharsets.UTF_8));
    int code = Sluice.run(streams, arguments);
    return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** A certificate for some names, made at some time, good for a day. */
  static Identity identity(Instant made, String... names) {
    return SelfSignedIdentity.create(
        List.of(names), Duration.ofDays(1), new SecureRandom(), InstantSource.fixed(made));
  }

  /** The identity's certificate as a PEM file. */
  static Path certificate(Path folder, Identity identity) throws IOException {
    try {
      byte[] der = identity.certificateChain().getFirst().getEncoded();
      String pem =
          "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
              .formatted(Base64.getMimeEncoder().encodeToString(der));
      return Files.writeString(folder.resolve("ca.pem"), pem);
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
  }
}
