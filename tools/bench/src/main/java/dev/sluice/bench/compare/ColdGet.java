package dev.sluice.bench.compare;

import dev.sluice.peers.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody waits for who fetches a small page: the time of a whole {@code sluice get}, from
 * the launcher's start to its exit, with a {@code sluice serve} that runs already.
 */
final class ColdGet {
  /** A single one tells more of what else the machine does. */
  private static final int RUNS = 9;

  private static final int PAGE = 1000;

  private ColdGet() {}

  /** The seconds of one, in the median of several. */
  static double measure(Lab lab) throws IOException {
    int port = FreePort.udp();
    List<String> get = get(port);
    try (Server server = lab.serve(serve(lab, port), port)) {
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        seconds.add(lab.time(get));
      }
      server.process().requireRunning();
      return Statistics.median(seconds);
    } catch (AssertionError e) {
      throw new IOException(e.getMessage());
    }
  }

  static List<String> serve(Lab lab, int port) throws IOException {
    String root = lab.zeros(PAGE).getParent().toString();
    return Sluice.command(
        "serve", "--host", "127.0.0.1", "--port", Integer.toString(port), "--root", root);
  }

  static List<String> get(int port) {
    String url = "https://127.0.0.1:" + port + "/" + PAGE;
    return Sluice.command("get", "-k", "-s", "-f", "-o", "/dev/null", url);
  }
}
