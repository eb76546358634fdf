package dev.sluice.interop.runner;

import java.util.List;
import java.util.stream.Stream;

/** Who takes part: Sluice with itself, then with every other, as server and as client. */
final class Pairs {
  private static final Peer SLUICE = new SluicePeer();
  private static final List<Peer> OTHERS = List.of();

  private record Pair(Peer client, Peer server) {}

  private Pairs() {}

  /** Every case with every pair. */
  static Stream<Cell> cells() {
    Stream<Pair> others =
        OTHERS.stream().flatMap(o -> Stream.of(new Pair(SLUICE, o), new Pair(o, SLUICE)));
    return Stream.concat(Stream.of(new Pair(SLUICE, SLUICE)), others)
        .flatMap(pair -> Case.all().map(which -> new Cell(which, pair.client, pair.server)));
  }
}
