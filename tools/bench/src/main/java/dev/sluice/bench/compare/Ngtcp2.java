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
    lab.zeros(1);
    int port = FreePort.udp();
    List<String> command = new ArrayList<>(List.of("gtlsserver"));
    command.addAll(Arrays.asList((LIMITS + " " + WINDOWS).split(" ")));
    // A path that is a number is answered with so many bytes, without a file.
    command.addAll(List.of("--max-dyn-length=8G", "-d", lab.zeros(1).getParent().toString()));
    command.addAll(List.of("127.0.0.1", Integer.toString(port)));
    command.addAll(List.of(lab.files().key().toString(), lab.files().certificate().toString()));
    return lab.serve(command, port);
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
    return switch (task) {
      case DOWNLOAD -> {
        warmUp(scale, () -> download(lab, server, Scale.NEQO_BYTES));
        yield scale.bytes() / download(lab, server, scale.bytes());
      }
      case COLD_DOWNLOAD -> scale.coldBytes() / download(lab, server, scale.coldBytes());
      case LOSSY_DOWNLOAD -> scale.lossyBytes() / download(lab, server, scale.lossyBytes());
      case UPLOAD -> {
        warmUp(scale, () -> upload(lab, server, Scale.NEQO_BYTES));
        yield scale.bytes() / upload(lab, server, scale.bytes());
      }
      case COLD_UPLOAD -> scale.coldBytes() / upload(lab, server, scale.coldBytes());
      case REQUESTS -> {
        warmUp(scale, () -> requests(lab, server, Scale.NEQO_REQUESTS));
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < Scale.REQUEST_RUNS; i++) {
          seconds.add(requests(lab, server, Scale.NEQO_REQUESTS));
        }
        yield Scale.NEQO_REQUESTS / Statistics.median(seconds);
      }
      case NEQO_GET -> download(lab, server, Scale.NEQO_BYTES);
      case NEQO_POST -> upload(lab, server, Scale.NEQO_BYTES);
      case NEQO_10000_REQUESTS -> requests(lab, server, Scale.NEQO_REQUESTS);
      case NEQO_ONE_REQUEST -> requests(lab, server, 1);
      default -> throw new IllegalArgumentException(task.toString());
    };
  }

  /** Something that takes seconds. */
  @FunctionalInterface
  private interface Timed {
    double run() throws IOException;
  }

  /**
   * The client needs none, but the server may be a JVM, whose code is to be compiled before a task
   * that is warm: ours as much as ngtcp2's, so that all are treated alike.
   */
  private static void warmUp(Scale scale, Timed task) throws IOException {
    double seconds = 0;
    while (seconds < scale.warmupSeconds()) {
      seconds += task.run();
    }
  }

  private static double download(Lab lab, Server server, long bytes) throws IOException {
    return run(lab, server, "", "/" + bytes);
  }

  private static double upload(Lab lab, Server server, long bytes) throws IOException {
    return run(lab, server, "-m POST -d " + lab.zeros(bytes), "/1");
  }

  private static double requests(Lab lab, Server server, int count) throws IOException {
    return run(lab, server, "-n " + count, "/1");
  }

  private static double run(Lab lab, Server server, String options, String path)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("gtlsclient"));
    command.addAll(Arrays.asList((LIMITS + " " + WINDOWS).split(" ")));
    command.add("--exit-on-all-streams-close");
    if (!options.isEmpty()) {
      command.addAll(Arrays.asList(options.split(" ")));
    }
    String port = Integer.toString(server.port());
    command.addAll(List.of("127.0.0.1", port, "https://localhost:" + port + path));
    return lab.time(command);
  }
}
