package dev.sluice.interop.runner;

import dev.sluice.peers.PeerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our own endpoint, {@code sluice interop}, with the variables that the runner's containers get.
 */
final class SluicePeer implements Peer {
  private static final Duration START = Duration.ofSeconds(60);

  private final OurProgram program;

  SluicePeer(OurProgram program) {
    this.program = program;
  }

  @Override
  public String name() {
    return "sluice";
  }

  /** A second one, for the cases that leave the end to luck. */
  @Override
  public int chancesToFetch(Case which) {
    return 2;
  }

  @Override
  public int chancesToServe(Case which) {
    return 2;
  }

  @Override
  public boolean needsHttp3() {
    return false;
  }

  @Override
  public Optional<String> cannotServe(Case which) {
    return Optional.empty();
  }

  @Override
  public Optional<String> cannotFetch(Case which) {
    return Optional.empty();
  }

  @Override
  public Running serve(ServerTask task) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--www", task.www().toString()));
    arguments.addAll(List.of("--certs", task.certs().toString()));
    arguments.addAll(List.of("--address", task.address().getAddress().getHostAddress()));
    arguments.addAll(List.of("--port", Integer.toString(task.address().getPort())));
    if (task.of() == Case.CONNECTIONMIGRATION) {
      arguments.addAll(List.of("--preferred", text(task.preferred())));
      arguments.addAll(List.of("--arrivals", text(task.arrivals())));
    }
    if (task.http3()) {
      arguments.add("--http3");
    }
    PeerProcess process =
        start(task.of(), task.logs(), "server", task.of().serverName(), "", arguments);
    try {
      process.awaitLine("listening on", START);
    } catch (AssertionError e) {
      process.close();
      throw e;
    }
    return new RunningProcess(process);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Override
  public Exit fetch(ClientTask task) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--downloads", task.downloads().toString()));
    arguments.addAll(List.of("--certs", task.certs().toString()));
    if (task.http3()) {
      arguments.add("--http3");
    }
    String urls = String.join(" ", task.urls());
    try (PeerProcess process =
        start(task.of(), task.logs(), "client", task.of().clientName(), urls, arguments)) {
      int code = process.awaitExit(task.of().limit());
      return new Exit(code, process.output());
    }
  }

  /** The exit code of a side that is asked for a case that nobody knows. */
  int exitOfUnknownCase(Path folder, String role) throws IOException {
    try (PeerProcess process =
        start(Case.HANDSHAKE, folder, role, "no-such-case", "https://server4:443/", List.of())) {
      return process.awaitExit(START);
    }
  }

  private PeerProcess start(
      Case which, Path logs, String role, String testCase, String urls, List<String> arguments)
      throws IOException {
    Files.createDirectories(logs);
    Path hosts =
        Files.writeString(
            logs.resolve("hosts"), "127.0.0.1 server4 server46 localhost\n::1 server6\n");
    List<String> properties = new ArrayList<>(List.of("-Djdk.net.hosts.file=" + hosts));
    if (which == Case.CONNECTIONMIGRATION) {
      // A capture of the loopback interface shows what the system cuts up as one large datagram.
      properties.add("-Dsluice.io=portable");
    }
    List<String> words = new ArrayList<>(List.of("interop"));
    words.addAll(arguments);
    List<String> command = program.command(properties, words);
    Map<String, String> environment =
        Map.of(
            "ROLE", role,
            "TESTCASE", testCase,
            "REQUESTS", urls,
            "SSLKEYLOGFILE", logs.resolve("keys.log").toString(),
            "QLOGDIR", logs.resolve("qlog").toString());
    return PeerProcess.start(logs, environment, command.toArray(String[]::new));
  }
}
