package dev.sluice.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An implementation for the JVM that a program of this module wraps, with the protocol and the
 * workloads of {@code sluice perf}.
 *
 * @param flags for its JVM
 * @param mainClass takes {@code server}, or {@code client} with the arguments of {@code sluice perf
 *     client}
 * @param lacks what it cannot do
 */
record JavaPeer(
    String name,
    Protocol protocol,
    List<String> flags,
    String mainClass,
    Set<Task> lacks,
    int divisor)
    implements Peer, Client {
  private static final int SLOW = 32;

  /** quiche under Netty, sending with UDP_SEGMENT or without. */
  static JavaPeer quiche(boolean gso) {
    return new JavaPeer(
        gso ? "quiche-netty gso" : "quiche-netty",
        Protocol.QUIC,
        List.of("-Dgso=" + gso),
        "dev.sluice.bench.peer.QuicheProgram",
        Set.of(Task.RESUMED_CONNECTS),
        1);
  }

  /** kwik. */
  static JavaPeer kwik() {
    return new JavaPeer(
        "kwik", Protocol.QUIC, List.of(), "dev.sluice.bench.peer.KwikProgram", Set.of(), SLOW);
  }

  /** flupke, which is HTTP/3 over kwik: its handshakes are kwik's. */
  static JavaPeer flupke() {
    return new JavaPeer(
        "flupke",
        Protocol.HTTP3,
        List.of(),
        "dev.sluice.bench.peer.FlupkeProgram",
        Set.of(Task.CONNECTS, Task.RESUMED_CONNECTS),
        SLOW);
  }

  @Override
  public boolean speaksAsOurs() {
    return true;
  }

  @Override
  public Server serve(Lab lab) throws IOException {
    return lab.serve(Lab.java(flags, mainClass, "server"));
  }

  @Override
  public Optional<Client> client() {
    return Optional.of(this);
  }

  @Override
  public boolean does(Task task, boolean ours) {
    return ours
        && !lacks.contains(task)
        && switch (task) {
          case DOWNLOAD,
              UPLOAD,
              COLD_DOWNLOAD,
              COLD_UPLOAD,
              REQUESTS,
              CONNECTS,
              RESUMED_CONNECTS,
              LOSSY_DOWNLOAD ->
              true;
          default -> false;
        };
  }

  @Override
  public double measure(Lab lab, Task task, Server server) throws IOException {
    List<String> command = Lab.java(flags, mainClass, "client");
    command.addAll(PerfClient.arguments(task, lab.scale(), false));
    command.add("127.0.0.1:" + server.port());
    return PerfClient.value(task, lab.json(command), true);
  }
}
