package dev.sluice.bench.compare;

import dev.sluice.bench.compare.Results.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * What is to be reached.
 *
 * @param what of the task
 * @param wanted as people read it
 * @param found NaN when it was not measured
 * @param met whether it was; false when it was not measured
 */
record Target(Task task, String what, String wanted, double found, boolean met) {
  private static final List<String> QUICHE = List.of("quiche-netty gso", "quiche-netty");

  /**
   * All targets of the tasks that were run: also those that cannot be told, since whom they speak
   * of failed or was left out.
   */
  static List<Target> of(Results results) {
    List<Target> all = new ArrayList<>();
    for (Task task : new Task[] {Task.DOWNLOAD, Task.UPLOAD}) {
      Row pump = results.row(Task.PUMP, Matrix.CEILING);
      all.add(atLeast(task, "share of the pump", 0.6, quic(results, task), pump));
      all.add(ofPeers(results, task, 2, http3(results, task), List.of("ngtcp2")));
      all.add(ofPeers(results, task, 3, quic(results, task), QUICHE));
      all.add(ofPeers(results, task, 20, quic(results, task), List.of("kwik")));
    }
    for (Task task : new Task[] {Task.COLD_DOWNLOAD, Task.COLD_UPLOAD, Task.LOSSY_DOWNLOAD}) {
      all.add(ofPeers(results, task, 1, http3(results, task), List.of("ngtcp2")));
    }
    Row get = results.row(Task.COLD_GET, Matrix.GET);
    all.add(
        alone(Task.COLD_GET, "ms of a page, JVM start included", "under 500", get, ms -> ms < 500));
    Task requests = Task.REQUESTS;
    for (Sluice ours : List.of(Matrix.HTTP3, Matrix.QUIC)) {
      Row own = results.row(requests, Matrix.ours(ours));
      all.add(ofPeers(results, requests, 2, own, Matrix.pairs(requests, ours.protocol())));
    }
    Row handshakes = results.row(Task.CONNECTS, Matrix.ours(Matrix.X25519));
    all.add(ofPeers(results, Task.CONNECTS, 1.5, handshakes, QUICHE));
    Task portable = Task.PORTABLE_DOWNLOAD;
    all.add(
        atLeast(
            portable,
            "of what DatagramChannel alone carries",
            0.8,
            results.row(portable, Matrix.ours(Matrix.PORTABLE)),
            results.row(portable, Matrix.BARE)));
    Row idle = quic(results, Task.IDLE_MEMORY);
    all.add(alone(Task.IDLE_MEMORY, "KiB of heap each", "at most 32", idle, kib -> kib <= 32));
    all.add(
        alone(
            Task.ALLOCATION,
            "bytes a packet without the JCE's",
            "under 16",
            quic(results, Task.ALLOCATION),
            bytes -> bytes < 16));
    return all.stream().filter(target -> !results.rows(target.task).isEmpty()).toList();
  }

  /** Whether there is anything to be said of it. */
  boolean isKnown() {
    return !Double.isNaN(found);
  }

  private static Row quic(Results results, Task task) {
    return results.row(task, Matrix.ours(Matrix.QUIC));
  }

  private static Row http3(Results results, Task task) {
    return results.row(task, Matrix.ours(Matrix.HTTP3));
  }

  /** How many times the best of some peers' own pairs, of which it says who is not among them. */
  private static Target ofPeers(
      Results results, Task task, double wanted, Row ours, List<String> peers) {
    List<Row> measured = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String peer : peers) {
      Row row = results.row(task, peer + " / " + peer);
      if (row == null || row.valid().isEmpty()) {
        missing.add(peer);
      } else {
        measured.add(row);
      }
    }
    String what = (peers.size() > 1 ? "of the best of " : "of ") + String.join(", ", peers);
    // Without any of them there is no figure, which says enough.
    boolean isPartial = !missing.isEmpty() && !measured.isEmpty();
    return atLeast(
        task,
        isPartial ? what + "; not measured: " + String.join(", ", missing) : what,
        wanted,
        ours,
        Results.best(measured));
  }

  private static Target atLeast(Task task, String what, double wanted, Row ours, Row other) {
    double found = Results.ratio(ours, other, task.isRate()).median();
    return new Target(task, what, "at least " + trimmed(wanted), found, found >= wanted);
  }

  private static Target alone(
      Task task, String what, String wanted, Row row, DoublePredicate isMet) {
    double found = row == null ? Double.NaN : task.shown(row.median());
    return new Target(task, what, wanted, found, isMet.test(found));
  }

  private static String trimmed(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
