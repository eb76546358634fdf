package dev.sluice.interop.runner;

import static dev.sluice.interop.runner.Evidence.require;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;

import dev.sluice.interop.runner.Capture.Seen;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of addresses (RFC 9000 §8, §9). */
final class PathChecks {
  private record Route(InetSocketAddress client, InetSocketAddress server) {
    static Route of(Packet packet) {
      return new Route(packet.in().client(), packet.in().server());
    }
  }

  private PathChecks() {}

  /**
   * Until a Handshake packet proves the client's address, so many bytes for each that came (RFC
   * 9000 §8.1).
   */
  static void amplification(Evidence evidence) {
    List<Seen> all = new ArrayList<>();
    evidence.capture().arrived().stream().filter(Seen::toServer).forEach(all::add);
    evidence.capture().sent().stream().filter(seen -> !seen.toServer()).forEach(all::add);
    all.sort((one, other) -> Long.compare(one.time(), other.time()));
    long received = 0;
    long sent = 0;
    for (Seen seen : all) {
      int size = seen.datagram().length();
      if (!seen.toServer()) {
        sent += size;
        require(
            sent <= evidence.amplification() * received,
            "the server has sent %d bytes after %d".formatted(sent, received));
      } else if (carriesHandshake(evidence, seen)) {
        return;
      } else {
        received += size;
      }
    }
    require(false, "the client's address was never proven");
  }

  private static boolean carriesHandshake(Evidence evidence, Seen arrived) {
    return evidence
        .sent(true, PacketType.HANDSHAKE)
        .anyMatch(p -> p.in().bytes() == arrived.bytes());
  }

  /**
   * A server asks on each new path for an answer, ours with its first packet there, and gets it.
   * ngtcp2's may acknowledge first where nothing but the client's port has changed.
   */
  static void newPathsAreChallenged(Evidence evidence) {
    Map<Route, List<Packet>> routes =
        evidence
            .packets()
            .filter(p -> !p.toServer())
            .collect(groupingBy(Route::of, LinkedHashMap::new, toList()));
    require(routes.size() > 1, "there was one path only");
    Set<Long> answers =
        evidence
            .packets()
            .filter(Packet::toServer)
            .flatMap(p -> p.all(PathResponseFrame.class))
            .map(PathResponseFrame::data)
            .collect(toSet());
    routes.values().stream().skip(1).forEach(path -> isChallenged(path, answers, evidence));
  }

  private static void isChallenged(List<Packet> path, Set<Long> answers, Evidence evidence) {
    Packet first = path.getFirst();
    List<Long> asked = challenges(evidence.strict() ? Stream.of(first) : path.stream());
    require(
        !asked.isEmpty(),
        "the server's %s on a new path asks for no answer, the first has %s"
            .formatted(evidence.strict() ? "first packet" : "packets", first.frames()));
    boolean answered =
        evidence.strict() ? answers.containsAll(asked) : asked.stream().anyMatch(answers::contains);
    require(answered, "a PATH_CHALLENGE was not answered");
  }

  private static List<Long> challenges(Stream<Packet> packets) {
    return packets
        .flatMap(p -> p.all(PathChallengeFrame.class))
        .map(PathChallengeFrame::data)
        .toList();
  }

  /** A client's first packet on a new path has another destination ID than any before. */
  static void newPathsHaveNewIds(Evidence evidence) {
    Set<Route> routes = new HashSet<>();
    Set<ConnectionId> used = new HashSet<>();
    for (Packet packet : evidence.packets().filter(Packet::toServer).toList()) {
      if (routes.add(Route.of(packet)) && routes.size() > 1) {
        require(!used.contains(packet.destination()), "a new path with a connection ID of another");
      }
      used.add(packet.destination());
    }
    require(routes.size() > 1, "the client has not moved");
  }
}
