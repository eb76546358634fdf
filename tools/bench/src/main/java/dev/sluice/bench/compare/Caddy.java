package dev.sluice.bench.compare;

import dev.sluice.peers.FreePort;
import dev.sluice.peers.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Caddy, which has quic-go inside: a server alone, written in Go. */
record Caddy() implements Peer {
  private static final String CADDYFILE =
      """
      {
        admin off
        auto_https disable_redirects
        servers {
          protocols h3
        }
      }
      https://localhost:%s {
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
  public Protocol protocol() {
    return Protocol.HTTP3;
  }

  @Override
  public Optional<String> obstacle() {
    return PeerProcess.find("caddy").isPresent()
        ? Optional.empty()
        : Optional.of("apt-get install caddy");
  }

  @Override
  public Server serve(Lab lab) throws IOException {
    int port = FreePort.udp();
    return lab.serve(server(lab, port), port);
  }

  /**
   * Writes the configuration, and the files that a path can name, since it has no other content.
   */
  static List<String> server(Lab lab, int port) throws IOException {
    Scale scale = lab.scale();
    for (long bytes : new long[] {1, scale.bytes(), scale.coldBytes(), scale.lossyBytes()}) {
      lab.zeros(bytes);
    }
    Path config =
        Files.writeString(
            lab.folder().resolve("Caddyfile"),
            CADDYFILE.formatted(
                port, lab.files().certificate(), lab.files().key(), lab.zeros(1).getParent()));
    return List.of("caddy", "run", "--adapter", "caddyfile", "--config", config.toString());
  }

  @Override
  public Optional<Client> client() {
    return Optional.empty();
  }
}
