package dev.sluice.interop.runner;

import static dev.sluice.interop.runner.Evidence.require;

import dev.sluice.interop.runner.Capture.Seen;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

  /** A server's first packet on a new path asks for an answer, and gets it. */
  static void newPathsAreChallenged(Evidence evidence) {
    Set<Route> routes = new HashSet<>();
    List<Long> asked = new ArrayList<>();
    for (Packet packet : evidence.packets().filter(p -> !p.toServer()).toList()) {
      if (routes.add(Route.of(packet)) && routes.size() > 1) {
        List<Long> challenges =
            packet.all(PathChallengeFrame.class).map(PathChallengeFrame::data).toList();
        require(
            !challenges.isEmpty(),
            "the server's first packet on a new path asks for no answer: " + packet.frames());
        asked.addAll(challenges);
      }
    }
    require(routes.size() > 1, "there was one path only");
    List<Long> answers =
        evidence
            .packets()
            .filter(Packet::toServer)
            .flatMap(p -> p.all(PathResponseFrame.class))
            .map(PathResponseFrame::data)
            .toList();
    require(answers.containsAll(asked), "a PATH_CHALLENGE was not answered");
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
