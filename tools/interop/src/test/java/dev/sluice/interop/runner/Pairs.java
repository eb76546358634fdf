package dev.sluice.interop.runner;

import java.util.List;
import java.util.stream.Stream;

/** Who takes part: Sluice with itself, then with every other, as server and as client. */
final class Pairs {
  private static final List<Peer> OTHERS =
      List.of(new Ngtcp2Peer(), new CaddyPeer(), new QuichePeer(), new KwikPeer());

  private record Pair(Peer client, Peer server) {}

  private Pairs() {}

  /** Every case with every pair. */
  static Stream<Cell> cells(Peer sluice) {
    Stream<Pair> others =
        OTHERS.stream()
            .flatMap(other -> Stream.of(new Pair(sluice, other), new Pair(other, sluice)))
            .filter(pair -> !pair.client.servesOnly());
    return Stream.concat(Stream.of(new Pair(sluice, sluice)), others)
        .flatMap(pair -> Case.all().map(which -> new Cell(which, pair.client, pair.server)));
  }
}
