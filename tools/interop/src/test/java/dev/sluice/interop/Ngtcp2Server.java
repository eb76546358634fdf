package dev.sluice.interop;

import dev.sluice.peers.FreePort;
import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.peers.VersionProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** The example server of ngtcp2 with nghttp3 and GnuTLS. */
final class Ngtcp2Server implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  // As "hexdump -C" prints: offset, sixteen bytes in two groups, the same as text.
  private static final Pattern HEX_DUMP = Pattern.compile("^[0-9a-f]{8}  [0-9a-f]{2} ");

  private final PeerProcess process;
  private final int port;

  private Ngtcp2Server(PeerProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one that serves the files of a folder, and waits until it answers. */
  static Ngtcp2Server start(PeerFiles files, Path folder, String... options) throws IOException {
    int port = FreePort.udp();
    List<String> command = new ArrayList<>();
    command.add(Program.require("gtlsserver", "ngtcp2-server"));
    command.addAll(List.of(options));
    command.addAll(List.of("--no-quic-dump", "-d", folder.toString()));
    command.addAll(List.of("127.0.0.1", Integer.toString(port)));
    command.addAll(List.of(files.key().toString(), files.certificate().toString()));
    PeerProcess process = PeerProcess.start(folder, command.toArray(String[]::new));
    Ngtcp2Server server = new Ngtcp2Server(process, port);
    try {
      VersionProbe.await(port, START, process);
      return server;
    } catch (IOException | AssertionError e) {
      server.close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** Waits for a line of its log, which may be read later than the response that it led to. */
  void awaitLine(String pattern) {
    process.awaitLine(pattern, START);
  }

  /** The bytes of all request bodies, from the hex dump that it logs. */
  byte[] requestBodies() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean inBody = false;
    for (String line : process.output().split("\n")) {
      if (line.startsWith("http: ")) {
        inBody = line.contains(" body ");
      } else if (inBody && HEX_DUMP.matcher(line).find()) {
        bytes.writeBytes(HexFormat.of().parseHex(line.substring(10, 58).replace(" ", "")));
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    process.close();
  }
}
