package dev.sluice.interop.runner;

import dev.sluice.peers.PeerProcess;
import dev.sluice.peers.VersionProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Caddy, which has quic-go of 2022 inside; a server only. */
final class CaddyPeer implements Peer {
  private static final Duration START = Duration.ofSeconds(60);

  private static final String CADDYFILE =
      """
      {
        admin off
        auto_https disable_redirects
        servers {
          protocols h3
        }
      }
      https://:%d {
        bind %s
        tls %s %s
        root * %s
        file_server
      }
      """;

  @Override
  public String name() {
    return "caddy";
  }

  @Override
  public Optional<String> missing() {
    return PeerProcess.find("caddy").isPresent() ? Optional.empty() : Optional.of("caddy");
  }

  @Override
  public boolean servesOnly() {
    return true;
  }

  @Override
  public Optional<String> cannotFetch(Case which) {
    return Optional.of("a server only");
  }

  @Override
  public Optional<String> cannotServe(Case which) {
    return switch (which) {
      case RETRY -> Optional.of("has no setting for a Retry");
      // Our ClientHello takes two datagrams. The second gets through as the eighth of ours: after
      // some 20 of the round trip that was measured first, which was a late one.
      case AMPLIFICATIONLIMIT ->
          Optional.of("ends a handshake after 5 s, which the drops outlast if it begins slowly");
      case ECN -> Optional.of("its quic-go knows nothing of ECN");
      case V2 -> Optional.of("its quic-go does not move to another version within a handshake");
      case REBIND_PORT, REBIND_ADDR ->
          Optional.of("its quic-go asks nothing on a client's new path");
      case CONNECTIONMIGRATION -> Optional.of("has no preferred address");
      default -> Optional.empty();
    };
  }

  @Override
  public Running serve(ServerTask task) throws IOException {
    Path config =
        Files.writeString(
            task.logs().resolve("Caddyfile"),
            CADDYFILE.formatted(
                task.address().getPort(),
                task.address().getAddress().getHostAddress(),
                task.certs().resolve("cert.pem"),
                task.certs().resolve("priv.key"),
                task.www()));
    // Caddy keeps state under the home folder.
    String home = task.logs().toString();
    PeerProcess process =
        PeerProcess.start(
            task.logs(),
            Map.of("HOME", home, "XDG_CONFIG_HOME", home, "XDG_DATA_HOME", home),
            PeerProcess.find("caddy").orElseThrow(),
            "run",
            "--adapter",
            "caddyfile",
            "--config",
            config.toString());
    try {
      VersionProbe.await(task.address(), START, process);
    } catch (IOException | AssertionError e) {
      process.close();
      throw e;
    }
    return new RunningProcess(process);
  }

  @Override
  public Exit fetch(ClientTask task) {
    throw new UnsupportedOperationException("a server only");
  }
}
