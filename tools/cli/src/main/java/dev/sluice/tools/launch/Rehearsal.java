package dev.sluice.tools.launch;

import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.Sluice;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.perf.PerfServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Does once what the commands do most, for the JVM to note down in a cache what it needs for that:
 * fetches a page, carries bytes both ways, makes small requests and shakes hands, over HTTP/3 and
 * raw QUIC. The launcher runs it after a build.
 */
public final class Rehearsal {
  /** As patient as the client of {@code perf}: a slow machine is no reason to fail a build. */
  private static final TransportConfig TRANSPORT =
      TransportConfig.DEFAULTS
          .withMaxDatagramSize(1452)
          .withIdleTimeout(Duration.ofMinutes(10))
          .withHandshakeTimeout(Duration.ofSeconds(30));

  /**
   * As little of each as it takes to meet what it needs: what is hot is found out anew each time.
   */
  private static final List<String> WORKLOADS =
      List.of(
          "download --bytes 4M",
          "upload --bytes 4M",
          "requests --count 1000 --in-flight 100",
          "connects --count 50",
          "connects --count 50 --resumed");

  private static final StandardStreams STREAMS =
      new StandardStreams(
          InputStream.nullInputStream(),
          OutputStream.nullOutputStream(),
          new PrintStream(System.err, true, StandardCharsets.UTF_8));

  private Rehearsal() {}

  /** Takes no arguments; exits with the code of the last command that failed, or 0. */
  public static void main(String[] args) throws IOException, CommandException {
    int code = rehearse(true);
    System.exit(code != 0 ? code : rehearse(false));
  }

  private static int rehearse(boolean http3) throws IOException, CommandException {
    Identity identity =
        SelfSignedIdentity.create(
            List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (PerfServer server =
        PerfServer.start(anyPort, identity, TRANSPORT, PerfServer.Loops.one(), http3)) {
      int port = server.address().getPort();
      int code = http3 ? run("get", "-k", "https://localhost:" + port + "/1000") : 0;
      for (String workload : WORKLOADS) {
        List<String> command = new ArrayList<>(List.of("perf", "client"));
        command.addAll(List.of(workload.split(" ")));
        command.addAll(List.of("127.0.0.1:" + port, "--warmup", "0s", "-q"));
        if (http3) {
          command.add("--http3");
        }
        code = code != 0 ? code : run(command.toArray(String[]::new));
      }
      return code;
    }
  }

  private static int run(String... command) {
    return Sluice.run(STREAMS, command);
  }
}
