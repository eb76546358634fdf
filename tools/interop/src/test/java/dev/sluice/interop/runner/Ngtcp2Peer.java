package dev.sluice.interop.runner;

import dev.sluice.peers.PeerProcess;
import dev.sluice.peers.VersionProbe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The example client and server of ngtcp2 with nghttp3 and GnuTLS. */
final class Ngtcp2Peer implements Peer {
  private static final Duration START = Duration.ofSeconds(60);
  private static final String DRAFT = "knows version 2 by the number of a draft only (0x709a50c4)";

  /** As patient as our own: the runner's cases lose most of a handshake. */
  private static final String PATIENCE = "--handshake-timeout=60s";

  private static final String CIPHERS = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+";

  @Override
  public String name() {
    return "ngtcp2";
  }

  @Override
  public Optional<String> missing() {
    for (String program : List.of("gtlsclient", "gtlsserver")) {
      if (PeerProcess.find(program).isEmpty()) {
        return Optional.of(program + " (package ngtcp2-" + program.substring(4) + ")");
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> cannotServe(Case which) {
    return switch (which) {
      case V2 -> Optional.of(DRAFT);
      case CONNECTIONMIGRATION ->
          Optional.of("its server answers at the preferred address, but asks nothing in return");
      default -> Optional.empty();
    };
  }

  @Override
  public Optional<String> cannotFetch(Case which) {
    return which == Case.V2 ? Optional.of(DRAFT) : Optional.empty();
  }

  /**
   * More where packets of the handshake get lost. Its client never sends a lost Finished again once
   * an acknowledgement has shown it to be lost while newer probes arrived: it then answers no
   * Handshake packet any more, holds nothing but 1-RTT packets that the server cannot read yet, and
   * ends after 30 seconds, with code 0 and an empty file. In runs of fifty connections, one in six.
   */
  @Override
  public int chancesToFetch(Case which) {
    return switch (which) {
      case HANDSHAKELOSS, HANDSHAKECORRUPTION -> 6;
      default -> 3;
    };
  }

  @Override
  public Running serve(ServerTask task) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(PeerProcess.find("gtlsserver").orElseThrow());
    command.addAll(List.of("-q", PATIENCE, "-d", task.www().toString()));
    if (task.of() == Case.RETRY) {
      command.add("--validate-addr");
    }
    if (task.of() == Case.CONNECTIONMIGRATION) {
      InetSocketAddress preferred = task.preferred();
      command.add(
          "--preferred-ipv4-addr="
              + preferred.getAddress().getHostAddress()
              + ":"
              + preferred.getPort());
    }
    command.add(task.address().getAddress().getHostAddress());
    command.add(Integer.toString(task.address().getPort()));
    command.add(task.certs().resolve("priv.key").toString());
    command.add(task.certs().resolve("cert.pem").toString());
    PeerProcess process =
        PeerProcess.start(task.logs(), keyLog(task.logs()), command.toArray(String[]::new));
    try {
      VersionProbe.await(task.address(), START, process);
    } catch (IOException | AssertionError e) {
      process.close();
      throw e;
    }
    return new RunningProcess(process);
  }

  private static Map<String, String> keyLog(Path logs) {
    return Map.of("SSLKEYLOGFILE", logs.resolve("keys.log").toString());
  }

  @Override
  public Exit fetch(ClientTask task) throws IOException {
    List<String> urls = task.urls();
    return switch (task.of()) {
      case HANDSHAKELOSS, HANDSHAKECORRUPTION -> {
        Exit exit = new Exit(0, "");
        for (int i = 0; i < urls.size() && exit.code() == 0; i++) {
          exit = run(task, urls.subList(i, i + 1));
          if (exit.code() == 0 && isEmpty(task.downloads().resolve(task.names().get(i)))) {
            exit = new Exit(1, exit.output() + "\nit got no answer to request " + i);
          }
        }
        yield exit;
      }
      case RESUMPTION, ZERORTT -> {
        Exit first = run(task, urls.subList(0, 1));
        yield first.code() == 0 ? run(task, urls.subList(1, urls.size())) : first;
      }
      default -> run(task, urls);
    };
  }

  private static boolean isEmpty(Path download) throws IOException {
    return !Files.exists(download) || Files.size(download) == 0;
  }

  private static Exit run(ClientTask task, List<String> urls) throws IOException {
    Files.createDirectories(task.logs());
    List<String> command = new ArrayList<>();
    command.add(PeerProcess.find("gtlsclient").orElseThrow());
    command.addAll(List.of("-q", PATIENCE, "--exit-on-all-streams-close"));
    command.add("--sni=" + task.of().host());
    command.add("--download=" + task.downloads());
    switch (task.of()) {
      case CHACHA20 -> command.add("--ciphers=" + CIPHERS + "CHACHA20-POLY1305");
      case KEYUPDATE -> command.add("--key-update=100ms");
      case RESUMPTION, ZERORTT -> {
        command.add("--session-file=" + task.logs().resolve("session"));
        if (task.of() == Case.ZERORTT) {
          command.add("--tp-file=" + task.logs().resolve("parameters"));
        }
      }
      default -> {}
    }
    command.add(task.server().getAddress().getHostAddress());
    command.add(Integer.toString(task.server().getPort()));
    command.addAll(urls);
    try (PeerProcess process =
        PeerProcess.start(task.logs(), keyLog(task.logs()), command.toArray(String[]::new))) {
      return new Exit(process.awaitExit(task.of().limit()), process.output());
    }
  }
}
