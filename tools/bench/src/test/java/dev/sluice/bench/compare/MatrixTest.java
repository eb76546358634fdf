package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bench.compare.Peer.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Who meets whom, by the options that ask for it. */
class MatrixTest {
  private static Compare parsed(String... options) {
    Compare compare = new Compare(System.out, System.err);
    new CommandLine(compare).parseArgs(options);
    return compare;
  }

  private static List<Contender> contenders(String... options) {
    Compare compare = parsed(options);
    Matrix matrix = new Matrix(compare.peers(), compare.crosses());
    return compare.tasks().stream().flatMap(task -> matrix.contenders(task).stream()).toList();
  }

  private static List<String> labels(String... options) {
    return contenders(options).stream().map(Contender::label).toList();
  }

  @Test
  void aPeerOverHttp3MeetsItselfAndOurHttp3() {
    assertEquals(
        List.of(
            "sluice / sluice",
            "sluice h3 / sluice h3",
            "ngtcp2 / ngtcp2",
            "ngtcp2 / sluice h3",
            "sluice h3 / ngtcp2"),
        labels("--only", "download", "--peers", "ngtcp2"));
  }

  @Test
  void aPeerOverRawQuicMeetsItselfAndOurRawQuic() {
    assertEquals(
        List.of(
            "sluice / sluice",
            "sluice h3 / sluice h3",
            "quiche-netty gso / quiche-netty gso",
            "quiche-netty gso / sluice",
            "sluice / quiche-netty gso"),
        labels("--only", "upload", "--peers", "quiche-netty gso"));
  }

  @Test
  void aPeerForTheJvmOverHttp3SpeaksAsOurs() {
    List<String> ours = List.of("sluice / sluice", "sluice h3 / sluice h3");
    List<String> all = new ArrayList<>(ours);
    all.addAll(List.of("flupke / flupke", "flupke / sluice h3", "sluice h3 / flupke"));
    // An upload needs a server that reads what it is sent.
    assertEquals(all, labels("--only", "upload", "--peers", "flupke"));
    List<String> handshakes = labels("--only", "connects", "--peers", "flupke");
    assertFalse(handshakes.contains("flupke / flupke"), handshakes::toString);
  }

  @Test
  void whoOnlyServesMeetsOnlyOurClient() {
    List<String> ours = List.of("sluice / sluice", "sluice h3 / sluice h3");
    List<String> served = new ArrayList<>(ours);
    served.add("sluice h3 / caddy");
    assertEquals(served, labels("--only", "requests", "--peers", "caddy"));
    assertEquals(ours, labels("--only", "upload", "--peers", "caddy")); // takes no content
    assertEquals(ours, labels("--only", "requests", "--peers", "caddy", "--no-cross"));
  }

  @Test
  void withoutCrossPairsEverybodyMeetsItself() {
    List<String> labels = labels("--only", "download", "--no-cross");
    List<String> peers = Matrix.pairs(Task.DOWNLOAD, Protocol.HTTP3);
    peers.forEach(peer -> assertTrue(labels.contains(peer + " / " + peer), peer));
    assertTrue(
        labels.stream()
            .map(label -> label.split(" / "))
            .allMatch(names -> names[0].equals(names[1])),
        labels::toString);
  }

  @Test
  void coldAndLossyTransfersHaveNoCrossPairs() {
    assertEquals(
        List.of("sluice / sluice", "sluice h3 / sluice h3", "kwik / kwik"),
        labels("--only", "cold-download", "--peers", "kwik"));
    assertEquals(
        List.of("sluice / sluice", "sluice h3 / sluice h3", "ngtcp2 / ngtcp2"),
        labels("--only", "lossy", "--peers", "ngtcp2"));
  }

  @Test
  void handshakesAreComparedWithTheGroupOfQuiche() {
    List<Contender> found = contenders("--only", "connects", "--peers", "quiche-netty,ngtcp2");
    assertEquals(
        List.of(
            "sluice --group X25519 / sluice --group X25519",
            "sluice / sluice",
            "sluice h3 / sluice h3",
            "quiche-netty / quiche-netty"),
        found.stream().map(Contender::label).toList());
    assertEquals("sluice --group X25519 / sluice --group X25519", found.getLast().ours());
  }

  @Test
  void everyPairIsComparedWithOursOfItsProtocol() {
    for (Contender each : contenders("--only", "download,requests")) {
      String own = each.label().contains("sluice h3") ? "sluice h3 / sluice h3" : null;
      if (own != null && !each.label().equals(own)) {
        assertEquals(own, each.ours(), each::label);
      }
    }
    assertEquals(
        "sluice / sluice", contenders("--only", "download", "--peers", "kwik").get(2).ours());
    assertEquals(null, contenders("--only", "download", "--peers", "kwik").get(0).ours());
  }

  @Test
  void onlyTakesBeginnings() {
    assertEquals(
        List.of(Task.NEQO_GET, Task.NEQO_POST, Task.NEQO_10000_REQUESTS, Task.NEQO_ONE_REQUEST),
        parsed("--only", "neqo").tasks());
    assertEquals(List.of(Task.PUMP, Task.UPLOAD), parsed("--only", "upload,pump").tasks());
    assertEquals(Arrays.asList(Task.values()), parsed().tasks());
    assertTrue(parsed("--only", "nothing").tasks().isEmpty());
  }

  @Test
  void everyTaskHasContendersOfOurOwn() {
    for (Task task : Task.values()) {
      List<Contender> found = new Matrix(List.of(), true).contenders(task);
      assertFalse(found.isEmpty(), task::toString);
    }
  }
}
