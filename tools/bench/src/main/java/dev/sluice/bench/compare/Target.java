package dev.sluice.bench.compare;

import dev.sluice.bench.compare.Results.Ratio;
import dev.sluice.bench.compare.Results.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What is to be reached.
 *
 * @param wanted as people read it
 * @param found NaN when nothing was measured
 * @param met whether it was
 */
record Target(String what, String wanted, double found, boolean met) {

  /** All targets of which something was measured. */
  static List<Target> of(Results results) {
    List<Target> all = new ArrayList<>();
    for (Task task : new Task[] {Task.DOWNLOAD, Task.UPLOAD}) {
      Row pump = results.row(Task.PUMP, Matrix.CEILING);
      all.add(atLeast(task, "share of the pump", 0.6, quic(results, task), pump));
      all.add(atLeast(task, "of ngtcp2", 2, http3(results, task), of(results, task, "ngtcp2")));
      Row quiche = best(results, task, "quiche-netty gso", "quiche-netty");
      all.add(atLeast(task, "of quiche under Netty", 3, quic(results, task), quiche));
      all.add(atLeast(task, "of kwik", 20, quic(results, task), of(results, task, "kwik")));
    }
    for (Task task : new Task[] {Task.COLD_DOWNLOAD, Task.COLD_UPLOAD, Task.LOSSY_DOWNLOAD}) {
      all.add(atLeast(task, "of ngtcp2", 1, http3(results, task), of(results, task, "ngtcp2")));
    }
    Task requests = Task.REQUESTS;
    Row ngtcp2 = of(results, requests, "ngtcp2");
    all.add(atLeast(requests, "of ngtcp2", 2, http3(results, requests), ngtcp2));
    Row java = best(results, requests, "quiche-netty gso", "quiche-netty", "kwik");
    all.add(atLeast(requests, "of the best for the JVM", 2, quic(results, requests), java));
    Row handshakes = best(results, Task.CONNECTS, "quiche-netty gso", "quiche-netty");
    all.add(
        atLeast(
            Task.CONNECTS,
            "of quiche under Netty",
            1.5,
            results.row(Task.CONNECTS, Matrix.ours(Matrix.X25519)),
            handshakes));
    Task portable = Task.PORTABLE_DOWNLOAD;
    all.add(
        atLeast(
            portable,
            "of what DatagramChannel alone carries",
            0.8,
            results.row(portable, Matrix.ours(Matrix.PORTABLE)),
            results.row(portable, Matrix.BARE)));
    all.add(idle(results));
    all.add(allocation(results));
    return all.stream().filter(Objects::nonNull).toList();
  }

  private static Row quic(Results results, Task task) {
    return results.row(task, Matrix.ours(Matrix.QUIC));
  }

  private static Row http3(Results results, Task task) {
    return results.row(task, Matrix.ours(Matrix.HTTP3));
  }

  private static Row of(Results results, Task task, String peer) {
    return results.row(task, peer + " / " + peer);
  }

  private static Row best(Results results, Task task, String... peers) {
    return Stream.of(peers)
        .map(peer -> of(results, task, peer))
        .filter(row -> row != null && !row.valid().isEmpty())
        .max(Comparator.comparingDouble(Row::median))
        .orElse(null);
  }

  private static Target atLeast(Task task, String what, double wanted, Row ours, Row other) {
    Ratio ratio = Results.ratio(ours, other, task.isRate());
    return ratio.isKnown()
        ? new Target(
            task + ", " + what,
            "at least " + trimmed(wanted),
            ratio.median(),
            ratio.median() >= wanted)
        : null;
  }

  private static Target idle(Results results) {
    Row row = quic(results, Task.IDLE_MEMORY);
    double found = row == null ? Double.NaN : Task.IDLE_MEMORY.shown(row.median());
    return Double.isNaN(found)
        ? null
        : new Target("idle-memory, KiB of heap each", "at most 32", found, found <= 32);
  }

  private static Target allocation(Results results) {
    Row row = quic(results, Task.ALLOCATION);
    return row == null || row.valid().isEmpty()
        ? null
        : new Target(
            "allocation, bytes a packet without the JCE's",
            "under 16",
            row.median(),
            row.median() < 16);
  }

  private static String trimmed(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
