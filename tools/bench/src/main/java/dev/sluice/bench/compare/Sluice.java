package dev.sluice.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Our own.
 *
 * @param io the mode of its sockets; null for the best
 * @param group the key exchange of {@link Task#CONNECTS}; null for what both ends prefer
 */
record Sluice(Protocol protocol, String io, String group) implements Peer, Client {
  /** The launcher's path: {@code tools/sluice}, with all that it does for a quick start. */
  private static final String LAUNCHER = "sluice.launcher";

  /** The flags that the launcher gives to the JVMs of {@code sluice perf}, as it says itself. */
  private static final String FLAGS = "sluice.flags";

  @Override
  public String name() {
    if (group != null) {
      return "sluice --group " + group;
    }
    return io == null ? "sluice" : "sluice --io " + io;
  }

  /** What {@code sluice perf} runs with, for what is measured beside it from other classes. */
  static List<String> flags() {
    return List.of(System.getProperty(FLAGS).split(" "));
  }

  /** The command line as everybody starts it. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(System.getProperty(LAUNCHER)));
    command.addAll(List.of(arguments));
    return command;
  }

  private List<String> options() {
    List<String> options = new ArrayList<>();
    if (protocol == Protocol.HTTP3) {
      options.add("--http3");
    }
    if (io != null) {
      options.addAll(List.of("--io", io));
    }
    return options;
  }

  @Override
  public boolean speaksAsOurs() {
    return true;
  }

  @Override
  public Server serve(Lab lab) throws IOException {
    List<String> command = command("perf", "server", "--port", "0");
    command.addAll(options());
    return lab.serve(command);
  }

  @Override
  public Optional<Client> client() {
    return Optional.of(this);
  }

  @Override
  public boolean does(Task task, boolean ours) {
    return ours
        || switch (task) {
          case DOWNLOAD, COLD_DOWNLOAD, LOSSY_DOWNLOAD, REQUESTS -> true;
          default -> false;
        };
  }

  @Override
  public double measure(Lab lab, Task task, Server server) throws IOException {
    return measure(lab, task, server, true);
  }

  /** As {@link #measure}; for neqo's tasks also in a process that has done the same before. */
  double measure(Lab lab, Task task, Server server, boolean cold) throws IOException {
    List<String> command = command("perf", "client");
    command.addAll(PerfClient.arguments(task, lab.scale(), !cold));
    command.add("127.0.0.1:" + server.port());
    command.addAll(options());
    if (group != null) {
      command.addAll(List.of("--group", group));
    }
    if (!server.ours()) {
      command.addAll(List.of("--path", path(task, lab.scale())));
    }
    return PerfClient.value(task, lab.json(command), cold);
  }

  /** What another server has: files of zeros that are named by their length. */
  private static String path(Task task, Scale scale) {
    return switch (task) {
      case REQUESTS -> "/1";
      case COLD_DOWNLOAD -> "/" + scale.coldBytes();
      case LOSSY_DOWNLOAD -> "/" + scale.lossyBytes();
      default -> "/" + scale.bytes();
    };
  }
}
