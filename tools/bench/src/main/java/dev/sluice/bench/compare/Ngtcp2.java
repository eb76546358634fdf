package dev.sluice.bench.compare;

import dev.sluice.peers.FreePort;
import dev.sluice.peers.PeerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** ngtcp2 with nghttp3 and GnuTLS: Debian's gtlsserver and gtlsclient, written in C. */
record Ngtcp2() implements Peer, Client {
  private static final String LIMITS =
      "-q --no-quic-dump --no-http-dump --cc=cubic --max-udp-payload-size=1452 --no-pmtud";

  /** As our own, and as its client's. */
  private static final String WINDOWS = "--max-window=24M --max-stream-window=16M";

  @Override
  public String name() {
    return "ngtcp2";
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP3;
  }

  @Override
  public Optional<String> obstacle() {
    return PeerProcess.find("gtlsserver").isPresent() && PeerProcess.find("gtlsclient").isPresent()
        ? Optional.empty()
        : Optional.of("apt-get install ngtcp2-server ngtcp2-client");
  }

  @Override
  public Server serve(Lab lab) throws IOException {
    int port = FreePort.udp();
    return lab.serve(server(lab, port), port);
  }

  static List<String> server(Lab lab, int port) throws IOException {
    List<String> command = new ArrayList<>(List.of("gtlsserver"));
    command.addAll(Arrays.asList((LIMITS + " " + WINDOWS).split(" ")));
    // A path that is a number is answered with so many bytes, without a file.
    command.addAll(List.of("--max-dyn-length=8G", "-d", lab.zeros(1).getParent().toString()));
    command.addAll(List.of("127.0.0.1", Integer.toString(port)));
    command.addAll(List.of(lab.files().key().toString(), lab.files().certificate().toString()));
    return command;
  }

  @Override
  public Optional<Client> client() {
    return Optional.of(this);
  }

  @Override
  public boolean does(Task task, boolean ours) {
    return switch (task) {
      case DOWNLOAD,
          UPLOAD,
          COLD_DOWNLOAD,
          COLD_UPLOAD,
          LOSSY_DOWNLOAD,
          REQUESTS,
          NEQO_GET,
          NEQO_POST,
          NEQO_10000_REQUESTS,
          NEQO_ONE_REQUEST ->
          true;
      default -> false;
    };
  }

  @Override
  public double measure(Lab lab, Task task, Server server) throws IOException {
    Scale scale = lab.scale();
    int port = server.port();
    return switch (task) {
      case DOWNLOAD -> {
        warmUp(lab, download(port, Scale.NEQO_BYTES));
        yield scale.bytes() / lab.time(download(port, scale.bytes()));
      }
      case COLD_DOWNLOAD -> scale.coldBytes() / lab.time(download(port, scale.coldBytes()));
      case LOSSY_DOWNLOAD -> scale.lossyBytes() / lab.time(download(port, scale.lossyBytes()));
      case UPLOAD -> {
        warmUp(lab, upload(lab, port, Scale.NEQO_BYTES));
        yield scale.bytes() / lab.time(upload(lab, port, scale.bytes()));
      }
      case COLD_UPLOAD -> scale.coldBytes() / lab.time(upload(lab, port, scale.coldBytes()));
      case REQUESTS -> {
        warmUp(lab, requests(port, Scale.NEQO_REQUESTS));
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < Scale.REQUEST_RUNS; i++) {
          seconds.add(lab.time(requests(port, Scale.NEQO_REQUESTS)));
        }
        yield Scale.NEQO_REQUESTS / Statistics.median(seconds);
      }
      case NEQO_GET -> lab.time(download(port, Scale.NEQO_BYTES));
      case NEQO_POST -> lab.time(upload(lab, port, Scale.NEQO_BYTES));
      case NEQO_10000_REQUESTS -> lab.time(requests(port, Scale.NEQO_REQUESTS));
      case NEQO_ONE_REQUEST -> lab.time(requests(port, 1));
      default -> throw new IllegalArgumentException(task.toString());
    };
  }

  /**
   * The client needs none, but the server may be a JVM, whose code is to be compiled before a task
   * that is warm: ours as much as ngtcp2's, so that all are treated alike.
   */
  private static void warmUp(Lab lab, List<String> client) throws IOException {
    double seconds = 0;
    while (seconds < lab.scale().warmupSeconds()) {
      seconds += lab.time(client);
    }
  }

  static List<String> download(int port, long bytes) {
    return client(port, "", "/" + bytes);
  }

  static List<String> upload(Lab lab, int port, long bytes) throws IOException {
    return client(port, "-m POST -d " + lab.zeros(bytes), "/1");
  }

  static List<String> requests(int port, int count) {
    return client(port, "-n " + count, "/1");
  }

  private static List<String> client(int port, String options, String path) {
    List<String> command = new ArrayList<>(List.of("gtlsclient"));
    command.addAll(Arrays.asList((LIMITS + " " + WINDOWS).split(" ")));
    command.add("--exit-on-all-streams-close");
    if (!options.isEmpty()) {
      command.addAll(Arrays.asList(options.split(" ")));
    }
    command.addAll(
        List.of("127.0.0.1", Integer.toString(port), "https://localhost:" + port + path));
    return command;
  }
}
